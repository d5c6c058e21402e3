"""Redirect targets that must never be accepted (security.md 50, 51; RFC 9700 4.1)."""

CLIENT_URL = "https://app.example.com"
ENTRIES = [
    "https://*.acme.io",
    "http://localhost:3000",
    "https://acme.com/path",
    "https://port.example.com:8443",
    "myapp://auth",
]

FRIENDLY = [
    "https://app.example.com",
    "https://app.example.com/a/b?c=d#e",
    "https://app.example.com:443/a",
    "https://x.acme.io/a",
    "http://localhost:3000/a",
    "https://acme.com/path/a",
    "https://port.example.com:8443/a",
    "myapp://auth/callback",
]

HOSTILE = [
    # No host of its own, or one that only a browser sees
    *("", "/", "/path", "?x=1", "#x", ".", "..", "app.example.com", "evil.com", "app.example.com/a"),
    *("//evil.com", "///evil.com", "////evil.com", "//app.example.com", "//evil.com/..//app.example.com"),
    *(r"/\evil.com", r"\\evil.com", r"\/evil.com", r"/\/evil.com", r"\evil.com", "/\t/evil.com", "/\n/evil.com"),
    # Another scheme
    *("http://app.example.com", "ftp://app.example.com", "ws://app.example.com", "HTTPS://app.example.com"),
    *("https:app.example.com", "https:/app.example.com", "https:///app.example.com", r"https:\\app.example.com"),
    *("https:", "https://", "https:///", "http://", "://app.example.com", ":https://app.example.com"),
    *(
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "java\nscript:alert(1)",
    ),
    *("data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "mailto:a@b.c", "about:blank"),
    *("blob:https://app.example.com/x", "view-source:https://app.example.com", "myapp:auth", "myapp://other"),
    *("otherapp://auth", "myapp://authority", "MYAPP://auth"),
    # User information
    *("https://app.example.com@evil.com", "https://app.example.com:443@evil.com/", "https://user:pw@app.example.com/"),
    *("https://evil.com@app.example.com", "https://@app.example.com", "https://evil.com:x@x.acme.io/"),
    *("https://app.example.com%40evil.com", "http://localhost:3000@evil.com", "https://x@y@z.acme.io"),
    # A host that looks like an allowed one
    *("https://app.example.com.evil.com", "https://app.example.comevil.com", "https://evilapp.example.com"),
    *("https://example.com", "https://a.app.example.com", "https://app.example.com./", "https://APP.example.com"),
    *(
        "https://app-example.com",
        "https://appXexample.com",
        "https://acme.io",
        "https://a.b.acme.io",
        "https://evil-acme.io",
    ),
    *("https://x.acme.io.evil.com", "https://x.acme.ioevil.com", "https://x.acmeXio", "https://evil.com/.acme.io"),
    *("https://evil.com/app.example.com", "https://evil.com/https://app.example.com", "https://evil.com?.acme.io"),
    *(
        "https://evil.com?https://app.example.com/",
        "https://evil.com#https://app.example.com/",
        "https://evil.com#.acme.io",
    ),
    *(r"https://evil.com\.acme.io", r"https://2130706433\.acme.io/", r"https://app.example.com\.evil.com"),
    *(r"https://app.example.com\@evil.com", "https://evil.com;.acme.io", "https://[app.example.com]", "https://[::1]/"),
    # Ports
    *(
        "https://app.example.com:444",
        "https://app.example.com:80",
        "https://app.example.com:",
        "https://app.example.com:0443",
    ),
    *("https://app.example.com:443:443", "https://app.example.com:99999", "https://app.example.com:-443"),
    *("https://app.example.com:443.evil.com", "https://app.example.com:443evil.com", "https://x.acme.io:8080"),
    *("http://localhost", "http://localhost:3001", "http://localhost:30001", "https://localhost:3000"),
    *("http://localhost:3000.evil.com", "http://127.0.0.1:3000", "http://[::1]:3000", "https://port.example.com"),
    # Blanks and control characters
    *(" https://app.example.com", "https://app.example.com ", "\thttps://app.example.com", "https://app.example.com\n"),
    *("https://app.example.com/\r\nSet-Cookie: a=b", "https://app.example.com/a b", "https://app.example.com/a\tb"),
    *(
        "https://app.example.com/\0",
        "https://app.example.com/\x7f",
        "\x01https://app.example.com",
        "https:// app.example.com",
    ),
    *(
        "https://app.example.com\t.evil.com",
        "https://evil\n.acme.io",
        "https://app.example.com/?a\nb",
        "https://app.example.com/#\r",
    ),
    # Percent-encoding
    *("https%3a%2f%2fapp.example.com", "https://app%2eexample%2ecom", "https://app.example.com%2eevil.com"),
    *(
        "https://app.example.com%2f.evil.com",
        "https://app.example.com%00.evil.com",
        "https://app.example.com%23@evil.com",
    ),
    *(
        "https://app.example.com/%",
        "https://app.example.com/%2",
        "https://app.example.com/%zz",
        "https://acme.com/path%2fx",
    ),
    *(
        "https://evil%2ecom%2f.acme.io/",
        "https://evil%00.acme.io/",
        "https://evil%5c.acme.io/",
        "https://evil%40x.acme.io/",
    ),
    # Characters that are mapped to others
    *(
        "https://app\u3002example.com",
        "https://\u0430pp.example.com",
        "https://\uff41pp.example.com",
        "https://app.example.com\uff0f.evil.com",
    ),
    *(
        "https://evil\u3002com\uff0f.acme.io",
        "https://evil\u3002com\uff03.acme.io",
        "https://evil\u3002com\uff1f.acme.io",
        "https://evil\u3002com\uff20x.acme.io",
    ),
    # Beside an allowed path
    *("https://acme.com", "https://acme.com/pathology", "https://acme.com/other", "https://acme.com/PATH"),
    *("https://acme.com//path", "https://acme.com/?/path", "https://acme.com/#/path", "https://acme.com./path"),
    *("https://acme.com/path/..", "https://acme.com/path/../x", "https://acme.com/path/%2e%2e/x"),
    *("https://acme.com/path/.%2E/x", "https://acme.com/path/a/%2e./../x", r"https://acme.com/path/..\x"),
    *("https://acme.com/path/./../x", "https://acme.com/path/%2E", "https://acme.com/path%2f..%2fx"),
    # What an entry's wildcard stands for
    *("https://x.acme.io.", "https://x.acme.io./a", "https://x..acme.io"),
    *("https://x.acme.io:443:443/", "https://x.ACME.io", "http://x.acme.io", "https://x:y.acme.io/"),
    *("https://evil.com/?x.acme.io", "https://evil.com%2f@x.acme.io", "https://[x].acme.io", "myapp://*"),
    # Encoded twice
    *("https://app%252eexample%252ecom", "https://evil%252ecom%252f.acme.io/", "https://x%2540evil.acme.io/"),
    *("https%253a%252f%252fapp.example.com", "%2f%2fevil.com", "%252f%252fevil.com", "/%2f/evil.com", "/%5cevil.com"),
    # Dots, slashes and letters of other scripts
    *("https://app\uff0eexample.com", "https://app\uff61example.com", "https://app.example\u2024com"),
    *("https:\uff0f\uff0fapp.example.com", "https\uff1a//app.example.com", "https://app.example.com\uff1a443"),
    *("https://app.example.com\u2044.evil.com", "https://app.example.com\u200b", "https://app.ex\u00adample.com"),
    *("https://xn--pp-7kc.example.com", "https://app.e\u0445ample.com", "https://app.example.com\u2028"),
    # Addresses in the place of a name
    *("http://[::ffff:127.0.0.1]:3000", "http://0.0.0.0:3000", "http://2130706433:3000", "http://0x7f.1:3000"),
    *("http://[::1%25lo]:3000", "http://localhost.:3000", "http://LOCALHOST:3000", "https://[::ffff:app.example.com]"),
]
