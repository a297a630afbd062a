// Tries operations of the API from the page that describes them.  The token stays in this page.
"use strict";

const token = document.getElementById("token");
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async function logIn(event) {
  event.preventDefault();
  const said = document.getElementById("logged-in");
  const [client, secret, jwt] = ["client", "secret", "jwt"].map((id) => document.getElementById(id).value.trim());
  const answer = await fetch("restapi/oauth/token", {
    method: "POST",
    headers: { Authorization: "Basic " + btoa(`${client}:${secret}`) },
    body: new URLSearchParams({ grant_type: GRANT, assertion: jwt }),
  });
  const body = await answer.json();
  token.value = body.access_token || "";
  said.textContent = answer.ok ? `Logged in for ${Math.round(body.expires_in / 60)} minutes.` : body.error_description;
}

// The address of an operation: path parameters are filled in, empty query parameters left out.
function address(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("input[data-in]")) {
    if (field.dataset.in === "path") {
      path = path.replace(`{${field.name}}`, encodeURIComponent(field.value).replace(/%2C/g, ","));
    } else if (field.dataset.in === "query") {
      const values = field.value.split(",").map((one) => one.trim());
      values.filter(Boolean).forEach((one) => query.append(field.name, one));
    }
  }
  return path.slice(1) + (query.size ? `?${query}` : "");
}

function heads(form) {
  const headers = {};
  if (token.value) headers.Authorization = `Bearer ${token.value.trim()}`;
  for (const field of form.querySelectorAll('input[data-in="header"]')) {
    if (field.value) headers[field.name] = field.value;
  }
  const body = form.querySelector("textarea");
  if (body && body.value) headers["Content-Type"] = body.dataset.type;
  return headers;
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const [said, shown] = [form.querySelector("output"), form.querySelector("pre")];
  const body = form.querySelector("textarea");
  const began = performance.now();
  said.textContent = "…";
  try {
    const answer = await fetch(address(form), {
      method: form.dataset.method,
      headers: heads(form),
      body: body && body.value ? body.value : undefined,
    });
    const text = await answer.text();
    said.textContent = `${answer.status} ${answer.statusText} in ${Math.round(performance.now() - began)} ms`;
    shown.textContent = pretty(text);
    shown.hidden = !text;
  } catch (error) {
    said.textContent = String(error);
    shown.hidden = true;
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function find(event) {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of document.querySelectorAll("aside nav li")) {
    const id = item.firstChild.getAttribute("href").slice(1);
    const text = `${item.textContent} ${document.getElementById(id).textContent}`.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
    document.getElementById(id).hidden = item.hidden;
  }
  for (const group of document.querySelectorAll("aside nav section, main .group")) {
    group.hidden = !group.querySelector("li:not([hidden]) > a, .operation:not([hidden])");
  }
}

function open() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (place && place.matches("details")) place.open = true;
}

document.getElementById("log-in").addEventListener("submit", logIn);
document.getElementById("find").addEventListener("input", find);
document.querySelectorAll("form.try").forEach((form) => form.addEventListener("submit", send));
addEventListener("hashchange", open);
open();
