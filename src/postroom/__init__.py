"""Postroom: one message store per extension for SMS, fax, pager and voicemail.

Start reading at `docs/tour.md`, or here: `model` says what a message is, `channels` what is
special about each type, `mailbox` how it is kept, `api` how clients reach it, and `app` puts the
rooms together.
"""
