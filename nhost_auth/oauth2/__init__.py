"""The OAuth2 and OpenID Connect provider: other applications sign people in through this server (identity.md 7).

A wing of its own beside the endpoints, one file for each URL:

    application -> GET /oauth2/authorize -> the project's page -> POST /oauth2/login, with its user's access token
    application <- code, by a redirect   <-                    <-
    application -> POST /oauth2/token: access token, ID token, refresh token -> GET /oauth2/userinfo

It owns clients, consent, codes and the tokens it gives out. Who somebody is, and whether they may come in, it leaves to
the flows; sessions of the project's own front end it does not touch.
"""
