// Logs in on the page of an authorization URL, as a browser does; answers where it was sent back to.

const hidden = /<input type="hidden" name="([^"]*)" value="([^"]*)">/g;
const unescaped = (text) =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

export async function loggedIn(url, { username, extension, password }) {
  const page = await fetch(url, { redirect: 'manual' });
  if (page.status !== 200) throw new Error(`the login page answers ${page.status}`);
  const form = new URLSearchParams({ username, extension, password, action: 'log-in' });
  for (const [, name, value] of (await page.text()).matchAll(hidden)) {
    form.set(unescaped(name), unescaped(value));
  }
  const cookie = page.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  const action = new URL('authorize', url);
  const answer = await fetch(action, {
    method: 'POST',
    body: form,
    headers: { cookie },
    redirect: 'manual',
  });
  if (answer.status !== 302) throw new Error(`logging in answers ${answer.status}`);
  return new URL(answer.headers.get('location'));
}
