"""What social providers are called: in the names of settings, and by people."""

NAMES = {
    "APPLE": "Apple",
    "AZUREAD": "Azure AD",
    "BITBUCKET": "Bitbucket",
    "DISCORD": "Discord",
    "ENTRAID": "Entra ID",
    "FACEBOOK": "Facebook",
    "GITHUB": "GitHub",
    "GITLAB": "GitLab",
    "GOOGLE": "Google",
    "LINKEDIN": "LinkedIn",
    "SPOTIFY": "Spotify",
    "STRAVA": "Strava",
    "TWITCH": "Twitch",
    "TWITTER": "Twitter",
    "WINDOWS_LIVE": "Windows Live",
    "WORKOS": "WorkOS",
}
