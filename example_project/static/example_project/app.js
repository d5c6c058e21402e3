// node_modules/@nhost/nhost-js/dist/refreshSession-BvZuC-Or.js
var e = "undefined" != typeof navigator && navigator.locks ? navigator.locks : new class {
  async request(e4, s6, n4) {
    return n4();
  }
}();
var s = async (e4, s6, r6 = 60) => {
  try {
    return await n(e4, s6, r6);
  } catch (o2) {
    try {
      return console.warn("error refreshing session, retrying:", o2), await n(e4, s6, r6);
    } catch (o3) {
      return 401 === o3?.status && (console.error("session probably expired"), s6.remove()), null;
    }
  }
};
var n = async (s6, n4, o2 = 60) => {
  const { session: t4, needsRefresh: i4 } = await e.request("nhostSessionLock", { mode: "shared" }, (async () => r(n4, o2)));
  return t4 ? i4 ? await e.request("nhostSessionLock", { mode: "exclusive" }, (async () => {
    const { session: e4, needsRefresh: t5, sessionExpired: i5 } = r(n4, o2);
    if (!e4) return null;
    if (!t5) return e4;
    try {
      const r6 = await s6.refreshToken({ refreshToken: e4.refreshToken });
      return n4.set(r6.body), r6.body;
    } catch (d) {
      if (!i5) return e4;
      throw d;
    }
  })) : t4 : null;
};
var r = (e4, s6 = 60) => {
  const n4 = e4.get();
  if (!n4) return { session: null, needsRefresh: false, sessionExpired: false };
  if (!n4.decodedToken || !n4.decodedToken.exp) return { session: n4, needsRefresh: true, sessionExpired: true };
  if (0 === s6) return { session: n4, needsRefresh: true, sessionExpired: false };
  const r6 = Date.now();
  return n4.decodedToken.exp - r6 > 1e3 * s6 ? { session: n4, needsRefresh: false, sessionExpired: false } : { session: n4, needsRefresh: true, sessionExpired: n4.decodedToken.exp < r6 };
};

// node_modules/@nhost/nhost-js/dist/fetch-DsJJyobH.js
function s2(e4 = []) {
  return e4.reduceRight(((e5, s6) => s6(e5)), fetch);
}
var r2 = class extends Error {
  body;
  status;
  headers;
  constructor(e4, s6, r6) {
    super((function(e5) {
      if (e5 && "string" == typeof e5) return e5;
      if (e5 && "object" == typeof e5) {
        const s7 = e5;
        if ("message" in s7 && "string" == typeof s7.message) return s7.message;
        if ("error" in s7 && "string" == typeof s7.error) return s7.error;
        if ("error" in s7 && s7.error && "object" == typeof s7.error) {
          const e6 = s7.error;
          if ("message" in e6 && "string" == typeof e6.message) return e6.message;
        }
        if ("errors" in s7 && Array.isArray(s7.errors)) {
          const e6 = s7.errors.filter(((e7) => "object" == typeof e7 && null !== e7 && "message" in e7 && "string" == typeof e7.message)).map(((e7) => e7.message));
          if (e6.length > 0) return e6.join(", ");
        }
      }
      return "An unexpected error occurred";
    })(e4)), this.body = e4, this.status = s6, this.headers = r6;
  }
};
var n2 = (e4) => (s6) => async (r6, n4 = {}) => {
  const a4 = new Headers(n4.headers || {});
  if (a4.has("Authorization")) return s6(r6, n4);
  const o2 = e4.get();
  return s6(r6, o2?.accessToken ? { ...n4, headers: t(a4, o2) } : n4);
};
function t(e4, s6) {
  return s6.accessToken && e4.set("Authorization", `Bearer ${s6.accessToken}`), e4;
}
var a = (s6, r6, n4) => {
  const { marginSeconds: t4 = 60 } = n4 || {};
  return (n5) => async (a4, o2 = {}) => {
    if ((function(e4, s7) {
      return !!new Headers(s7.headers || {}).has("Authorization") || !!e4.endsWith("/v1/token");
    })(a4, o2)) return n5(a4, o2);
    try {
      await s(s6, r6, t4);
    } catch {
    }
    return n5(a4, o2);
  };
};
var o = (e4) => (s6) => async (r6, n4) => {
  const t4 = await s6(r6, n4);
  try {
    if (r6.endsWith("/signout")) return e4.remove(), t4;
    if (r6.endsWith("/token") || r6.includes("/token/exchange") || r6.includes("/signin/") || r6.includes("/signup/")) {
      const s7 = await t4.clone().json().catch((() => null));
      if (s7) {
        const r7 = ((e5) => "string" == typeof e5 ? null : "session" in e5 ? e5.session || null : "accessToken" in e5 && "refreshToken" in e5 && "user" in e5 ? e5 : null)(s7);
        r7?.accessToken && r7.refreshToken && e4.set(r7);
      }
    }
  } catch (a4) {
    console.warn("Error in session response middleware:", a4);
  }
  return t4;
};

// node_modules/@nhost/nhost-js/dist/nhost-js/auth.js
var e2 = (e4, a4 = []) => {
  let n4 = s2(a4);
  return { baseURL: e4, pushChainFunction: (s6) => {
    a4.push(s6), n4 = s2(a4);
  }, getJWKs: async (t4) => {
    const a5 = `${e4}/.well-known/jwks.json`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, elevateWebauthn: async (t4) => {
    const a5 = `${e4}/elevate/webauthn`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, verifyElevateWebauthn: async (t4, a5) => {
    const r6 = `${e4}/elevate/webauthn/verify`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, healthCheckGet: async (t4) => {
    const a5 = `${e4}/healthz`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, healthCheckHead: async (t4) => {
    const a5 = `${e4}/healthz`, r6 = await n4(a5, { ...t4, method: "HEAD", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    return { body: void 0, status: r6.status, headers: r6.headers };
  }, linkIdToken: async (t4, a5) => {
    const r6 = `${e4}/link/idtoken`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, changeUserMfa: async (t4) => {
    const a5 = `${e4}/mfa/totp/generate`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, createPAT: async (t4, a5) => {
    const r6 = `${e4}/pat`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInAnonymous: async (t4, a5) => {
    const r6 = `${e4}/signin/anonymous`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInEmailPassword: async (t4, a5) => {
    const r6 = `${e4}/signin/email-password`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInIdToken: async (t4, a5) => {
    const r6 = `${e4}/signin/idtoken`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifySignInMfaTotp: async (t4, a5) => {
    const r6 = `${e4}/signin/mfa/totp`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInOTPEmail: async (t4, a5) => {
    const r6 = `${e4}/signin/otp/email`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifySignInOTPEmail: async (t4, a5) => {
    const r6 = `${e4}/signin/otp/email/verify`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInPasswordlessEmail: async (t4, a5) => {
    const r6 = `${e4}/signin/passwordless/email`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInPasswordlessSms: async (t4, a5) => {
    const r6 = `${e4}/signin/passwordless/sms`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifySignInPasswordlessSms: async (t4, a5) => {
    const r6 = `${e4}/signin/passwordless/sms/otp`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInPAT: async (t4, a5) => {
    const r6 = `${e4}/signin/pat`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInProviderURL: (t4, s6) => {
    const a5 = s6 && Object.entries(s6).flatMap((([t5, s7]) => {
      if ("providerSpecificParams" === t5) return "object" != typeof s7 || null === s7 || Array.isArray(s7) ? [`${t5}=${encodeURIComponent(String(s7))}`] : Object.entries(s7).map((([t6, s8]) => `${t6}=${encodeURIComponent(String(s8))}`));
      const e5 = Array.isArray(s7) ? s7.join(",") : "object" == typeof s7 && null !== s7 ? JSON.stringify(s7) : String(s7);
      return [`${t5}=${encodeURIComponent(e5)}`];
    })).join("&");
    return a5 ? `${e4}/signin/provider/${t4}?${a5}` : `${e4}/signin/provider/${t4}`;
  }, getProviderTokens: async (t4, a5) => {
    const r6 = `${e4}/signin/provider/${t4}/callback/tokens`, i4 = await n4(r6, { ...a5, method: "GET", headers: { ...a5?.headers } });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signInWebauthn: async (t4, a5) => {
    const r6 = `${e4}/signin/webauthn`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifySignInWebauthn: async (t4, a5) => {
    const r6 = `${e4}/signin/webauthn/verify`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signOut: async (t4, a5) => {
    const r6 = `${e4}/signout`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpEmailPassword: async (t4, a5) => {
    const r6 = `${e4}/signup/email-password`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpWebauthn: async (t4, a5) => {
    const r6 = `${e4}/signup/webauthn`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifySignUpWebauthn: async (t4, a5) => {
    const r6 = `${e4}/signup/webauthn/verify`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpPasswordlessEmail: async (t4, a5) => {
    const r6 = `${e4}/signup/passwordless/email`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpOTPEmail: async (t4, a5) => {
    const r6 = `${e4}/signup/otp/email`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpPasswordlessSms: async (t4, a5) => {
    const r6 = `${e4}/signup/passwordless/sms`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpIdToken: async (t4, a5) => {
    const r6 = `${e4}/signup/idtoken`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, signUpProviderURL: (t4, s6) => {
    const a5 = s6 && Object.entries(s6).flatMap((([t5, s7]) => {
      if ("providerSpecificParams" === t5) return "object" != typeof s7 || null === s7 || Array.isArray(s7) ? [`${t5}=${encodeURIComponent(String(s7))}`] : Object.entries(s7).map((([t6, s8]) => `${t6}=${encodeURIComponent(String(s8))}`));
      const e5 = Array.isArray(s7) ? s7.join(",") : "object" == typeof s7 && null !== s7 ? JSON.stringify(s7) : String(s7);
      return [`${t5}=${encodeURIComponent(e5)}`];
    })).join("&");
    return a5 ? `${e4}/signup/provider/${t4}?${a5}` : `${e4}/signup/provider/${t4}`;
  }, refreshToken: async (t4, a5) => {
    const r6 = `${e4}/token`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, refreshProviderToken: async (t4, a5, r6) => {
    const i4 = `${e4}/token/provider/${t4}`, o2 = await n4(i4, { ...r6, method: "POST", headers: { "Content-Type": "application/json", ...r6?.headers }, body: JSON.stringify(a5) });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    const u2 = [204, 205, 304].includes(o2.status) ? null : await o2.text();
    return { body: u2 ? JSON.parse(u2) : {}, status: o2.status, headers: o2.headers };
  }, verifyToken: async (t4, a5) => {
    const r6 = `${e4}/token/verify`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, getUser: async (t4) => {
    const a5 = `${e4}/user`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, deanonymizeUser: async (t4, a5) => {
    const r6 = `${e4}/user/deanonymize`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, changeUserEmail: async (t4, a5) => {
    const r6 = `${e4}/user/email/change`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, sendVerificationEmail: async (t4, a5) => {
    const r6 = `${e4}/user/email/send-verification-email`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifyChangeUserMfa: async (t4, a5) => {
    const r6 = `${e4}/user/mfa`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, changeUserPassword: async (t4, a5) => {
    const r6 = `${e4}/user/password`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, sendPasswordResetEmail: async (t4, a5) => {
    const r6 = `${e4}/user/password/reset`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, addSecurityKey: async (t4) => {
    const a5 = `${e4}/user/webauthn/add`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, verifyAddSecurityKey: async (t4, a5) => {
    const r6 = `${e4}/user/webauthn/verify`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, tokenExchange: async (t4, a5) => {
    const r6 = `${e4}/token/exchange`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  }, verifyTicketURL: (t4) => {
    const s6 = t4 && Object.entries(t4).flatMap((([t5, s7]) => {
      const e5 = Array.isArray(s7) ? s7.join(",") : "object" == typeof s7 && null !== s7 ? JSON.stringify(s7) : String(s7);
      return [`${t5}=${encodeURIComponent(e5)}`];
    })).join("&");
    return s6 ? `${e4}/verify?${s6}` : `${e4}/verify`;
  }, getVersion: async (t4) => {
    const a5 = `${e4}/version`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, getOpenIDConfiguration: async (t4) => {
    const a5 = `${e4}/.well-known/openid-configuration`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, getOAuthAuthorizationServer: async (t4) => {
    const a5 = `${e4}/.well-known/oauth-authorization-server`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, oauth2AuthorizeURL: (t4) => {
    const s6 = t4 && Object.entries(t4).flatMap((([t5, s7]) => {
      const e5 = Array.isArray(s7) ? s7.join(",") : "object" == typeof s7 && null !== s7 ? JSON.stringify(s7) : String(s7);
      return [`${t5}=${encodeURIComponent(e5)}`];
    })).join("&");
    return s6 ? `${e4}/oauth2/authorize?${s6}` : `${e4}/oauth2/authorize`;
  }, oauth2AuthorizePostURL: () => `${e4}/oauth2/authorize`, oauth2Token: async (t4, a5) => {
    const r6 = `${e4}/oauth2/token`, i4 = new URLSearchParams();
    void 0 !== t4.grant_type && i4.append("grant_type", String(t4.grant_type)), void 0 !== t4.code && i4.append("code", String(t4.code)), void 0 !== t4.redirect_uri && i4.append("redirect_uri", String(t4.redirect_uri)), void 0 !== t4.client_id && i4.append("client_id", String(t4.client_id)), void 0 !== t4.client_secret && i4.append("client_secret", String(t4.client_secret)), void 0 !== t4.code_verifier && i4.append("code_verifier", String(t4.code_verifier)), void 0 !== t4.refresh_token && i4.append("refresh_token", String(t4.refresh_token)), void 0 !== t4.resource && i4.append("resource", String(t4.resource));
    const o2 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", ...a5?.headers }, body: i4.toString() });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    const u2 = [204, 205, 304].includes(o2.status) ? null : await o2.text();
    return { body: u2 ? JSON.parse(u2) : {}, status: o2.status, headers: o2.headers };
  }, oauth2UserinfoGet: async (t4) => {
    const a5 = `${e4}/oauth2/userinfo`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, oauth2UserinfoPost: async (t4) => {
    const a5 = `${e4}/oauth2/userinfo`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, oauth2Jwks: async (t4) => {
    const a5 = `${e4}/oauth2/jwks`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const i4 = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: r6.status, headers: r6.headers };
  }, oauth2Revoke: async (t4, a5) => {
    const r6 = `${e4}/oauth2/revoke`, i4 = new URLSearchParams();
    void 0 !== t4.token && i4.append("token", String(t4.token)), void 0 !== t4.token_type_hint && i4.append("token_type_hint", String(t4.token_type_hint)), void 0 !== t4.client_id && i4.append("client_id", String(t4.client_id)), void 0 !== t4.client_secret && i4.append("client_secret", String(t4.client_secret));
    const o2 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", ...a5?.headers }, body: i4.toString() });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    return { body: void 0, status: o2.status, headers: o2.headers };
  }, oauth2Introspect: async (t4, a5) => {
    const r6 = `${e4}/oauth2/introspect`, i4 = new URLSearchParams();
    void 0 !== t4.token && i4.append("token", String(t4.token)), void 0 !== t4.token_type_hint && i4.append("token_type_hint", String(t4.token_type_hint)), void 0 !== t4.client_id && i4.append("client_id", String(t4.client_id)), void 0 !== t4.client_secret && i4.append("client_secret", String(t4.client_secret));
    const o2 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", ...a5?.headers }, body: i4.toString() });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    const u2 = [204, 205, 304].includes(o2.status) ? null : await o2.text();
    return { body: u2 ? JSON.parse(u2) : {}, status: o2.status, headers: o2.headers };
  }, oauth2LoginGet: async (t4, a5) => {
    const r6 = t4 && Object.entries(t4).flatMap((([t5, s6]) => {
      const e5 = Array.isArray(s6) ? s6.join(",") : "object" == typeof s6 && null !== s6 ? JSON.stringify(s6) : String(s6);
      return [`${t5}=${encodeURIComponent(e5)}`];
    })).join("&"), i4 = r6 ? `${e4}/oauth2/login?${r6}` : `${e4}/oauth2/login`, o2 = await n4(i4, { ...a5, method: "GET", headers: { ...a5?.headers } });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    const u2 = [204, 205, 304].includes(o2.status) ? null : await o2.text();
    return { body: u2 ? JSON.parse(u2) : {}, status: o2.status, headers: o2.headers };
  }, oauth2LoginPost: async (t4, a5) => {
    const r6 = `${e4}/oauth2/login`, i4 = await n4(r6, { ...a5, method: "POST", headers: { "Content-Type": "application/json", ...a5?.headers }, body: JSON.stringify(t4) });
    if (i4.status >= 300) {
      const t5 = [412].includes(i4.status) ? null : await i4.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, i4.status, i4.headers);
    }
    const o2 = [204, 205, 304].includes(i4.status) ? null : await i4.text();
    return { body: o2 ? JSON.parse(o2) : {}, status: i4.status, headers: i4.headers };
  } };
};
function a2(t4) {
  let s6 = "";
  for (const e4 of t4) s6 += String.fromCharCode(e4);
  return btoa(s6).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
function n3() {
  const t4 = new Uint8Array(32);
  return crypto.getRandomValues(t4), a2(t4);
}
async function r3(t4) {
  const s6 = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(t4));
  return a2(new Uint8Array(s6));
}
async function i() {
  const t4 = n3();
  return { verifier: t4, challenge: await r3(t4) };
}

// node_modules/@nhost/nhost-js/dist/nhost-js/functions.js
var s3 = (s6, a4 = []) => {
  let n4 = s2(a4);
  const o2 = async (t4, a5) => {
    const o3 = await n4(`${s6}${t4}`, a5);
    let i4;
    if (i4 = o3.headers.get("content-type")?.includes("application/json") ? await o3.json() : o3.headers.get("content-type")?.startsWith("text/") ? await o3.text() : await o3.blob(), !o3.ok) throw new r2(i4, o3.status, o3.headers);
    return { status: o3.status, body: i4, headers: o3.headers };
  };
  return { baseURL: s6, fetch: o2, post: async (t4, e4, s7 = {}) => o2(t4, { ...s7, method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json", ...s7.headers }, body: e4 ? JSON.stringify(e4) : void 0 }), pushChainFunction: (e4) => {
    a4.push(e4), n4 = s2(a4);
  } };
};

// node_modules/@nhost/nhost-js/dist/graphql-CTZ9QikM.js
var t2 = (e4) => {
  const n4 = e4.loc?.source.body;
  if (!n4) return "";
  if (!e4.definitions.every(((e5) => e5.loc))) return n4;
  const t4 = /* @__PURE__ */ new Set();
  return e4.definitions.filter(((e5) => {
    if ("FragmentDefinition" === e5.kind && "name" in e5) {
      const n5 = e5.name.value;
      if (t4.has(n5)) return false;
      t4.add(n5);
    }
    return true;
  })).map(((e5) => n4.slice(e5.loc?.start, e5.loc?.end))).join("\n\n");
};
var r4 = (r6, i4 = []) => {
  let s6 = s2(i4);
  const a4 = async (e4, t4) => {
    const i5 = await s6(`${r6}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(e4), ...t4 }), a5 = await i5.text(), o2 = a5 ? JSON.parse(a5) : {}, u2 = { body: o2, status: i5.status, headers: i5.headers };
    if (o2.errors) throw new r2(o2, i5.status, i5.headers);
    return u2;
  };
  return { request: function(e4, n4, r7) {
    if ("object" == typeof e4 && "kind" in e4) {
      const i5 = e4.definitions[0];
      return a4({ query: t2(e4), variables: n4, operationName: i5 && "name" in i5 ? i5.name?.value : void 0 }, r7);
    }
    return a4(e4, n4);
  }, url: r6, pushChainFunction: (n4) => {
    i4.push(n4), s6 = s2(i4);
  } };
};

// node_modules/@nhost/nhost-js/dist/session-oECsmiRB.js
var e3 = (e4) => {
  const o2 = e4.split(".");
  if (3 !== o2.length || !o2[1]) throw new Error("Invalid access token format");
  const r6 = JSON.parse(((e5) => {
    let t4 = e5.replace(/-/g, "+").replace(/_/g, "/");
    const s6 = t4.length % 4;
    s6 && (t4 += "=".repeat(4 - s6));
    const o3 = atob(t4), r7 = Uint8Array.from(o3, ((e6) => e6.charCodeAt(0)));
    return new TextDecoder().decode(r7);
  })(o2[1])), i4 = "number" == typeof r6.iat ? 1e3 * r6.iat : void 0, n4 = "number" == typeof r6.exp ? 1e3 * r6.exp : void 0, a4 = r6["https://hasura.io/jwt/claims"], c3 = a4 ? Object.entries(a4).reduce(((e5, [o3, r7]) => ("string" == typeof r7 && t3(r7) ? e5[o3] = s4(r7) : e5[o3] = r7, e5)), {}) : void 0;
  return { ...r6, iat: i4, exp: n4, "https://hasura.io/jwt/claims": c3 };
};
var t3 = (e4) => e4.startsWith("{") && e4.endsWith("}");
var s4 = (e4) => e4 && "{}" !== e4 ? e4.slice(1, -1).split(",").map(((e5) => e5.trim().replace(/^"(.*)"$/, "$1"))) : [];
var r5 = class {
  storageKey;
  constructor(e4) {
    this.storageKey = e4?.storageKey || "nhostSession";
  }
  get() {
    try {
      const e4 = window.localStorage.getItem(this.storageKey);
      return e4 ? JSON.parse(e4) : null;
    } catch {
      return this.remove(), null;
    }
  }
  set(e4) {
    window.localStorage.setItem(this.storageKey, JSON.stringify(e4));
  }
  remove() {
    window.localStorage.removeItem(this.storageKey);
  }
};
var i2 = class {
  session = null;
  get() {
    return this.session;
  }
  set(e4) {
    this.session = e4;
  }
  remove() {
    this.session = null;
  }
};
var a3 = class {
  storage;
  subscribers = /* @__PURE__ */ new Set();
  constructor(e4) {
    this.storage = e4;
  }
  get() {
    return this.storage.get();
  }
  set(t4) {
    const s6 = e3(t4.accessToken), o2 = { ...t4, decodedToken: s6 };
    this.storage.set(o2), this.notifySubscribers(o2);
  }
  remove() {
    this.storage.remove(), this.notifySubscribers(null);
  }
  onChange(e4) {
    return this.subscribers.add(e4), () => {
      this.subscribers.delete(e4);
    };
  }
  notifySubscribers(e4) {
    for (const s6 of this.subscribers) try {
      s6(e4);
    } catch (t4) {
      console.error("Error notifying subscriber:", t4);
    }
  }
};
var c = () => "undefined" != typeof window ? new r5() : new i2();

// node_modules/@nhost/nhost-js/dist/nhost-js/storage.js
var s5 = (s6, a4 = []) => {
  let n4 = s2(a4);
  return { baseURL: s6, pushChainFunction: (e4) => {
    a4.push(e4), n4 = s2(a4);
  }, uploadFiles: async (t4, a5) => {
    const r6 = `${s6}/files`, d = new FormData(), i4 = "undefined" != typeof navigator && "ReactNative" === navigator.product;
    void 0 !== t4["bucket-id"] && d.append("bucket-id", t4["bucket-id"]), void 0 !== t4["metadata[]"] && t4["metadata[]"].forEach(((t5) => {
      i4 ? d.append("metadata[]", { string: JSON.stringify(t5), type: "application/json", name: "" }) : d.append("metadata[]", new Blob([JSON.stringify(t5)], { type: "application/json" }), "");
    })), void 0 !== t4["file[]"] && t4["file[]"].forEach(((t5) => {
      d.append("file[]", t5);
    }));
    const o2 = await n4(r6, { ...a5, method: "POST", body: d });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    const u2 = [204, 205, 304].includes(o2.status) ? null : await o2.text();
    return { body: u2 ? JSON.parse(u2) : {}, status: o2.status, headers: o2.headers };
  }, deleteFile: async (t4, a5) => {
    const r6 = `${s6}/files/${t4}`, d = await n4(r6, { ...a5, method: "DELETE", headers: { ...a5?.headers } });
    if (d.status >= 300) {
      const t5 = [412].includes(d.status) ? null : await d.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, d.status, d.headers);
    }
    return { body: void 0, status: d.status, headers: d.headers };
  }, getFile: async (t4, a5, r6) => {
    const d = a5 && Object.entries(a5).flatMap((([t5, e4]) => {
      const s7 = Array.isArray(e4) ? e4.join(",") : "object" == typeof e4 && null !== e4 ? JSON.stringify(e4) : String(e4);
      return [`${t5}=${encodeURIComponent(s7)}`];
    })).join("&"), i4 = d ? `${s6}/files/${t4}?${d}` : `${s6}/files/${t4}`, o2 = await n4(i4, { ...r6, method: "GET", headers: { ...r6?.headers } });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    return { body: await o2.blob(), status: o2.status, headers: o2.headers };
  }, getFileMetadataHeaders: async (t4, a5, r6) => {
    const d = a5 && Object.entries(a5).flatMap((([t5, e4]) => {
      const s7 = Array.isArray(e4) ? e4.join(",") : "object" == typeof e4 && null !== e4 ? JSON.stringify(e4) : String(e4);
      return [`${t5}=${encodeURIComponent(s7)}`];
    })).join("&"), i4 = d ? `${s6}/files/${t4}?${d}` : `${s6}/files/${t4}`, o2 = await n4(i4, { ...r6, method: "HEAD", headers: { ...r6?.headers } });
    if (o2.status >= 300) {
      const t5 = [412].includes(o2.status) ? null : await o2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, o2.status, o2.headers);
    }
    return { body: void 0, status: o2.status, headers: o2.headers };
  }, replaceFile: async (t4, a5, r6) => {
    const d = `${s6}/files/${t4}`, i4 = new FormData(), o2 = "undefined" != typeof navigator && "ReactNative" === navigator.product;
    void 0 !== a5.metadata && (o2 ? i4.append("metadata", { string: JSON.stringify(a5.metadata), type: "application/json", name: "" }) : i4.append("metadata", new Blob([JSON.stringify(a5.metadata)], { type: "application/json" }), "")), void 0 !== a5.file && i4.append("file", a5.file);
    const u2 = await n4(d, { ...r6, method: "PUT", body: i4 });
    if (u2.status >= 300) {
      const t5 = [412].includes(u2.status) ? null : await u2.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, u2.status, u2.headers);
    }
    const l2 = [204, 205, 304].includes(u2.status) ? null : await u2.text();
    return { body: l2 ? JSON.parse(l2) : {}, status: u2.status, headers: u2.headers };
  }, getFilePresignedURL: async (t4, a5) => {
    const r6 = `${s6}/files/${t4}/presignedurl`, d = await n4(r6, { ...a5, method: "GET", headers: { ...a5?.headers } });
    if (d.status >= 300) {
      const t5 = [412].includes(d.status) ? null : await d.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, d.status, d.headers);
    }
    const i4 = [204, 205, 304].includes(d.status) ? null : await d.text();
    return { body: i4 ? JSON.parse(i4) : {}, status: d.status, headers: d.headers };
  }, deleteBrokenMetadata: async (t4) => {
    const a5 = `${s6}/ops/delete-broken-metadata`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const d = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: d ? JSON.parse(d) : {}, status: r6.status, headers: r6.headers };
  }, deleteOrphanedFiles: async (t4) => {
    const a5 = `${s6}/ops/delete-orphans`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const d = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: d ? JSON.parse(d) : {}, status: r6.status, headers: r6.headers };
  }, listBrokenMetadata: async (t4) => {
    const a5 = `${s6}/ops/list-broken-metadata`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const d = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: d ? JSON.parse(d) : {}, status: r6.status, headers: r6.headers };
  }, listFilesNotUploaded: async (t4) => {
    const a5 = `${s6}/ops/list-not-uploaded`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const d = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: d ? JSON.parse(d) : {}, status: r6.status, headers: r6.headers };
  }, listOrphanedFiles: async (t4) => {
    const a5 = `${s6}/ops/list-orphans`, r6 = await n4(a5, { ...t4, method: "POST", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const d = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: d ? JSON.parse(d) : {}, status: r6.status, headers: r6.headers };
  }, getVersion: async (t4) => {
    const a5 = `${s6}/version`, r6 = await n4(a5, { ...t4, method: "GET", headers: { ...t4?.headers } });
    if (r6.status >= 300) {
      const t5 = [412].includes(r6.status) ? null : await r6.text();
      throw new r2(t5 ? JSON.parse(t5) : {}, r6.status, r6.headers);
    }
    const d = [204, 205, 304].includes(r6.status) ? null : await r6.text();
    return { body: d ? JSON.parse(d) : {}, status: r6.status, headers: r6.headers };
  } };
};

// node_modules/@nhost/nhost-js/dist/nhost-js.js
var g = ({ auth: o2, storage: r6, graphql: i4, functions: a4, sessionStorage: e4 }) => {
  const h = [a(o2, e4), o(e4), n2(e4)];
  for (const s6 of h) o2.pushChainFunction(s6), r6.pushChainFunction(s6), i4.pushChainFunction(s6), a4.pushChainFunction(s6);
};
var l = class {
  auth;
  storage;
  graphql;
  functions;
  sessionStorage;
  constructor(s6, n4, t4, o2, r6) {
    this.auth = s6, this.storage = n4, this.graphql = t4, this.functions = o2, this.sessionStorage = r6;
  }
  getUserSession() {
    return this.sessionStorage.get();
  }
  async refreshSession(s6 = 60) {
    return s(this.auth, this.sessionStorage, s6);
  }
  clearSession() {
    this.sessionStorage.remove();
  }
};
function m(s6 = {}) {
  const { subdomain: n4, region: t4, authUrl: o2, storageUrl: r6, graphqlUrl: g2, functionsUrl: f, storage: p = c(), configure: m2 = [] } = s6, C2 = new a3(p), S = F("auth", n4, t4, o2), j = F("storage", n4, t4, r6), q = F("graphql", n4, t4, g2), v = F("functions", n4, t4, f), U = e2(S), $ = s5(j, []), w = r4(q, []), A = s3(v, []);
  for (const i4 of m2) i4({ auth: U, storage: $, graphql: w, functions: A, sessionStorage: C2 });
  return new l(U, $, w, A, C2);
}
function C(s6 = {}) {
  const n4 = s6.storage ?? c();
  return m({ ...s6, storage: n4, configure: [g, ...s6.configure ?? []] });
}
var F = (s6, n4, t4, o2) => o2 || (n4 && t4 ? `https://${n4}.${s6}.${t4}.nhost.run/v1` : `https://local.${s6}.local.nhost.run/v1`);

// storage.js
var SESSION = "nhostSession";
var CHOICE = "nhostStaySignedIn";
var places = [sessionStorage, localStorage];
var isChosen = () => localStorage.getItem(CHOICE) !== "no";
var holder = () => places.find((place) => place.getItem(SESSION));
var storage = {
  get: () => JSON.parse(holder()?.getItem(SESSION) ?? null),
  set: (session) => (holder() ?? places[Number(isChosen())]).setItem(SESSION, JSON.stringify(session)),
  remove: () => places.forEach((place) => place.removeItem(SESSION))
};
var box = document.getElementById("stay-signed-in");
box.checked = isChosen();
box.addEventListener("change", () => localStorage.setItem(CHOICE, box.checked ? "yes" : "no"));

// client.js
var { api } = document.querySelector("#app").dataset;
var reach = (next) => (url, options4) => next(url, options4).catch(() => {
  throw new Error("The server cannot be reached.");
});
var nhost = C({ authUrl: location.origin + api, storage });
nhost.auth.pushChainFunction(reach);
var redirectTo = () => location.href;
var fetchAsUser = s2([
  a(nhost.auth, nhost.sessionStorage),
  n2(nhost.sessionStorage),
  reach
]);
async function ask(method, path, body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const reply = await fetchAsUser(nhost.auth.baseURL + path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await reply.json().catch(() => null);
  if (!reply.ok) throw new r2(answer, reply.status, reply.headers);
  return answer;
}

// errand.js
var PARAMETERS = ["view", "request_id", "prompt", "user_code", "client_id"];
var errands = {};
function onErrand(view, paint2) {
  if (document.getElementById(view)) errands[view] = paint2;
}
var query = () => new URLSearchParams(location.search);
var errand = () => Object.entries(errands).find(([view]) => view === query().get("view"));
var endErrand = () => keep([]);
function keep(names = PARAMETERS, from = query()) {
  const kept2 = String(new URLSearchParams([...from].filter(([name2]) => names.includes(name2))));
  history.replaceState(null, "", location.pathname + (kept2 && `?${kept2}`));
}

// messages.js
var outcome = document.getElementById("outcome");
var error = document.getElementById("error");
var button = document.getElementById("close-message");
var tell = (text) => show(text, "");
var tellError = (text) => show("", text);
var clear = () => show("", "");
function show(told, wrong) {
  outcome.replaceChildren(...note(told));
  error.replaceChildren(...note(wrong));
  button.hidden = !told && !wrong;
}
function note(text) {
  if (!text) return [];
  const paragraph = document.createElement("p");
  paragraph.className = "note";
  paragraph.textContent = text;
  return [paragraph];
}
function close() {
  if (document.activeElement === button) {
    document.querySelector("#app > :not([hidden]) h2").focus({ preventScroll: true });
  }
  clear();
}
button.addEventListener("click", close);
addEventListener("keydown", (event) => event.key === "Escape" && close());

// words.js
var ENDED = "Your session has ended. Sign in again.";
var BY_CODE = {
  access_denied: "Your account has not got the role that is asked for.",
  "disabled-endpoint": "This server does not offer that.",
  "disabled-user": "This account is disabled.",
  "email-already-verified": "This address is confirmed already.",
  "invalid-email-password": "There is no account with this address and this password.",
  "invalid-otp": "This code is wrong, or too old.",
  "invalid-pat": "This token is wrong, has expired or was revoked.",
  "invalid-refresh-token": ENDED,
  "invalid-ticket": "This link or step is too old, or was used before. Begin again.",
  "invalid-totp": "This code is wrong, or was used before. Take the next one.",
  "internal-server-error": "The server has failed. Try again later.",
  "otp-too-many-attempts": "That were too many wrong codes. Ask for a new one.",
  "password-in-hibp-database": "This password is known from a data leak. Choose another one.",
  "password-too-short": "This password is too short.",
  "redirectTo-not-allowed": "This server does not send people back to this page: AUTH_CLIENT_URL names another.",
  "signup-disabled": "This server takes nobody new.",
  "sign-in-again": "The application wants you to sign in again first.",
  "too-many-requests": "That was too often. Wait a while.",
  "unverified-user": "Confirm your address first: follow the link in the mail.",
  "user-already-exists": "There is an account with this address already."
};
var BY_REASON = {
  "elevated claim required": "This asks for fresh proof that it is you. Give it under \u201CProof\u201D, then try again."
};
var BY_MESSAGE = {
  "Authorization request already completed": "This was answered already. Begin again at the application.",
  "Authorization request expired": "This request is too old, or was answered already. Begin again at the application.",
  "Unknown authorization request": "There is no such request. Begin again at the application.",
  "Unknown, expired or used code": "This code is wrong, too old, or was used already. Look at the device again."
};
var BY_NAME = {
  InvalidStateError: "This device has one of your passkeys already.",
  NotAllowedError: "No passkey was used: you declined, or it took too long."
};
function explain(reason) {
  const { body } = reason;
  const known = BY_CODE[body?.error] ?? BY_REASON[body?.reason] ?? BY_MESSAGE[body?.message];
  return known ?? (body ? reason.message : BY_NAME[reason.name] ?? reason.message);
}
var moment = (text) => new Date(text).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
var nameOf = (user) => user.displayName || user.email || user.phoneNumber || user.id;
var BROWSERS = { "Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari" };
var SYSTEMS = { iPhone: "iPhone", iPad: "iPad", Android: "Android", Windows: "Windows", "Mac OS X": "macOS", Linux: "Linux" };
function deviceName(device) {
  if (!device) return "an unknown device";
  const known = (names) => names[Object.keys(names).find((part) => device.includes(part))];
  const [browser, system] = [known(BROWSERS), known(SYSTEMS)];
  return browser && system ? `${browser} on ${system}` : device;
}

// screen.js
var views = [...document.querySelectorAll("#app > div")];
var painters = [];
var busy = false;
var ticket = null;
function byId(id) {
  return document.getElementById(id);
}
function onShow(paint2) {
  painters.push(paint2);
}
function onShowUser(paint2) {
  painters.push((user) => user.isAnonymous || paint2(user));
}
function onSubmit(idOrForm, action) {
  const form = typeof idOrForm === "string" ? byId(idOrForm) : idOrForm;
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    perform(() => action(Object.fromEntries(new FormData(form)), event.submitter?.value, form));
  });
}
var ifNew = (button2) => button2 === "sign-up" ? ", if you are new here" : "";
function onCode(id, send, verify) {
  let sent = {};
  onSubmit(id, async (values, button2) => {
    await send(values, button2);
    sent = values;
    byId(`${id}-verify`).hidden = false;
    byId(`${id}-verify`).elements.otp.focus();
    return `A code is on its way${ifNew(button2)}. Type it in here.`;
  });
  onSubmit(`${id}-verify`, async ({ otp }, _button, form) => {
    const told = await verify({ ...sent, otp });
    byId(id).reset();
    form.reset();
    form.hidden = true;
    return told;
  });
}
function enter({ session, mfa }, told = "You are signed in.") {
  ticket = mfa?.ticket ?? null;
  if (ticket) return "One step is left.";
  return session ? told : "A mail was sent to confirm the address: follow its link.";
}
function takeTicket() {
  const taken = ticket;
  ticket = null;
  return taken;
}
async function perform(action) {
  if (busy) return;
  const wasSignedIn = Boolean(nhost.getUserSession());
  const section = document.activeElement.closest("section");
  setBusy(true);
  clear();
  let [told, fault] = await attempt(action);
  if (!fault || byId(wanted()).hidden) {
    const [more, failure] = await attempt(show2);
    told = more || told;
    fault ??= failure;
  }
  const ended = wasSignedIn && !told && !nhost.getUserSession();
  if (fault) tellError(ended ? ENDED : explain(fault));
  else tell(told);
  moveFocus(turn(), section);
  byId("inbox")?.contentWindow.location.replace(byId("inbox").src);
  setBusy(false);
}
var attempt = (action) => Promise.resolve().then(action).then((told) => [told, null], (fault) => ["", fault]);
async function show2() {
  const session = nhost.getUserSession();
  const user = session && (session.user.isAnonymous ? session.user : (await nhost.auth.getUser()).body);
  byId("purpose").textContent = "";
  try {
    return await errand()?.[1](user);
  } finally {
    if (user && !errand()) await showAccount(user);
  }
}
async function showAccount(user) {
  byId("guest").hidden = !user.isAnonymous;
  byId("account").hidden = user.isAnonymous;
  await Promise.all(painters.map((paint2) => paint2(user)));
}
var wanted = () => nhost.getUserSession() ? errand()?.[0] ?? "signed-in" : ticket ? "second-step" : "signed-out";
function turn() {
  const turned = byId(wanted());
  if (!turned.hidden) return null;
  for (const view of views) view.hidden = view !== turned;
  leave();
  return turned;
}
function leave() {
  emptySecrets();
  for (const form of document.forms) form.reset();
  for (const step of document.querySelectorAll("[data-step]")) step.hidden = true;
}
function emptySecrets() {
  for (const secret of document.querySelectorAll("[data-secret]")) secret.replaceChildren();
}
function moveFocus(turned, section) {
  if (turned) turned.querySelector("h2").focus();
  else if (document.activeElement === document.body) section?.querySelector("h3").focus();
}
function setBusy(now) {
  busy = now;
  for (const button2 of document.querySelectorAll("button")) button2.setAttribute("aria-disabled", now);
}

// pkce.js
var key = (purpose) => `nhostPkceVerifier.${purpose}`;
async function challenge(purpose) {
  const pair = await i();
  localStorage.setItem(key(purpose), pair.verifier);
  return pair.challenge;
}
async function exchange(code, purpose, told) {
  const codeVerifier = localStorage.getItem(key(purpose));
  localStorage.removeItem(key(purpose));
  if (!codeVerifier) throw new Error("This was begun in another browser. Begin again in this one.");
  const { body } = await nhost.auth.tokenExchange({ code, codeVerifier });
  return enter(body, told);
}

// email_password.js
var options = () => ({ redirectTo: redirectTo() });
onSubmit("email-password", async ({ email, password }, button2, form) => {
  const answer = button2 === "sign-up" ? await nhost.auth.signUpEmailPassword({ email, password, options: options() }) : await nhost.auth.signInEmailPassword({ email, password });
  form.reset();
  return enter(answer.body, button2 === "sign-up" ? "You are signed up." : "You are signed in.");
});
onSubmit("email-password-help", async ({ email }, button2) => {
  if (button2 === "confirm") {
    await nhost.auth.sendVerificationEmail({ email, options: options() });
    return "The confirming mail was sent again.";
  }
  await nhost.auth.sendPasswordResetEmail({ email, options: options(), codeChallenge: await challenge("reset") });
  return "If there is an account with this address, a mail is on its way. Its link signs you in, in this browser; then set a new password.";
});

// magic_link.js
onSubmit("magic-link", async ({ email }, button2) => {
  const asked = { email, options: { redirectTo: redirectTo() } };
  if (button2 === "sign-up") await nhost.auth.signUpPasswordlessEmail(asked);
  else await nhost.auth.signInPasswordlessEmail(asked);
  return `A mail is on its way${ifNew(button2)}: follow its link.`;
});

// email_code.js
onCode(
  "email-code",
  ({ email }, button2) => button2 === "sign-up" ? nhost.auth.signUpOTPEmail({ email }) : nhost.auth.signInOTPEmail({ email }),
  async ({ email, otp }) => enter((await nhost.auth.verifySignInOTPEmail({ email, otp })).body)
);

// sms_code.js
onCode(
  "sms-code",
  ({ phoneNumber }, button2) => button2 === "sign-up" ? nhost.auth.signUpPasswordlessSms({ phoneNumber }) : nhost.auth.signInPasswordlessSms({ phoneNumber }),
  async ({ phoneNumber, otp }) => enter((await nhost.auth.verifySignInPasswordlessSms({ phoneNumber, otp })).body)
);

// webauthn.js
var NEEDED = "This browser does not use passkeys on this page: they need HTTPS, or the host localhost.";
async function makeKey(options4) {
  if (!window.PublicKeyCredential) throw new Error(NEEDED);
  return asJson(await navigator.credentials.create({ publicKey: creationOptions(options4) }));
}
async function useKey(options4) {
  if (!window.PublicKeyCredential) throw new Error(NEEDED);
  return asJson(await navigator.credentials.get({ publicKey: requestOptions(options4) }));
}
function creationOptions(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return {
    ...json,
    challenge: decode(json.challenge),
    user: { ...json.user, id: decode(json.user.id) },
    excludeCredentials: decodeIds(json.excludeCredentials)
  };
}
function requestOptions(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: decode(json.challenge), allowCredentials: decodeIds(json.allowCredentials) };
}
function asJson(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { id, type, response } = credential;
  const json = { clientDataJSON: encode(response.clientDataJSON) };
  for (const name2 of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name2]) json[name2] = encode(response[name2]);
  }
  if (response.getTransports) json.transports = response.getTransports();
  return { id, rawId: id, type, response: json, clientExtensionResults: credential.getClientExtensionResults() };
}
var decodeIds = (descriptors = []) => descriptors.map((one) => ({ ...one, id: decode(one.id) }));
function decode(text) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}
function encode(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// passkeys.js
onSubmit("passkey-sign-in", async () => {
  const options4 = await nhost.auth.signInWebauthn();
  const credential = await useKey(options4.body);
  return enter((await nhost.auth.verifySignInWebauthn({ credential })).body);
});
onSubmit("passkey-sign-up", async ({ email }, _button, form) => {
  const options4 = await nhost.auth.signUpWebauthn({ email, options: { redirectTo: redirectTo() } });
  const credential = await makeKey(options4.body);
  const { body } = await nhost.auth.verifySignUpWebauthn({ credential, options: { redirectTo: redirectTo() } });
  form.reset();
  return enter(body, "You are signed up.");
});
onSubmit("passkey-add", async ({ nickname }, _button, form) => {
  const options4 = await nhost.auth.addSecurityKey();
  const credential = await makeKey(options4.body);
  await nhost.auth.verifyAddSecurityKey({ credential, ...nickname && { nickname } });
  form.reset();
  return "The passkey was added.";
});
if (byId("passkeys")) {
  onShowUser(async () => {
    const { keys } = await ask("GET", "/user/webauthn/keys");
    byId("passkeys").replaceChildren(...keys.map(keyItem));
    byId("no-passkeys").hidden = keys.length > 0;
  });
}
var nameOf2 = (key2) => key2.nickname || "unnamed";
function keyItem(key2, _index, keys) {
  const item = byId("passkey").content.cloneNode(true);
  item.querySelector("input").value = key2.nickname ?? "";
  for (const button2 of item.querySelectorAll("button")) {
    button2.setAttribute("aria-label", `${button2.textContent} ${nameOf2(key2)}`);
  }
  const used = key2.lastUsedAt ? `last used ${moment(key2.lastUsedAt)}` : "not used since";
  item.querySelector(".meta").textContent = `Made ${moment(key2.createdAt)}, ${used}${key2.backedUp ? ", synced" : ""}`;
  onSubmit(
    item.querySelector("form"),
    ({ nickname }, button2) => button2 === "remove" ? removeKey(key2, keys.length === 1) : renameKey(key2, nickname)
  );
  return item;
}
async function renameKey(key2, nickname) {
  await ask("PATCH", `/user/webauthn/keys/${key2.id}`, { nickname });
  return "The passkey was renamed.";
}
async function removeKey(key2, isOnly) {
  const loss = isOnly ? "It is your only one: be sure that you have another way in." : "It will not sign you in any more.";
  if (!confirm(`Remove the passkey \u201C${nameOf2(key2)}\u201D? ${loss}`)) return "";
  await ask("DELETE", `/user/webauthn/keys/${key2.id}`);
  return "The passkey was removed. Your device still has its half: forget it there too.";
}

// social.js
var { signInProviderURL, signUpProviderURL } = e2(document.querySelector("#app").dataset.server);
onSubmit("social", async (_values, provider2) => go(signInProviderURL(provider2, await returning())));
onSubmit("social-sign-up", async (_values, provider2) => go(signUpProviderURL(provider2, await returning())));
onSubmit("social-connect", async (_values, provider2) => {
  await nhost.refreshSession();
  const { accessToken } = nhost.getUserSession();
  return go(signInProviderURL(provider2, { redirectTo: redirectTo(), connect: accessToken, state: "connected" }));
});
var returning = async () => ({ redirectTo: redirectTo(), codeChallenge: await challenge("provider") });
function go(address) {
  location.assign(address);
  return "The provider takes over.";
}

// id_token.js
var { idTokenPage, idTokenProvider: provider } = document.querySelector("#app").dataset;
var VISIT = "idTokenVisit";
onSubmit("id-token", (_values, purpose) => visit(purpose));
onSubmit("id-token-link", () => visit("link"));
async function visit(purpose) {
  const [nonce, state] = [crypto.randomUUID(), crypto.randomUUID()];
  sessionStorage.setItem(VISIT, JSON.stringify({ purpose, nonce, state, errand: location.search }));
  location.assign(`${idTokenPage}&${new URLSearchParams({ state, nonce: await digest(nonce) })}`);
  return "The provider takes over.";
}
async function bring(answer) {
  const { purpose, nonce, state, errand: errand2 } = JSON.parse(sessionStorage.getItem(VISIT)) ?? {};
  sessionStorage.removeItem(VISIT);
  if (!state || state !== answer.get("state")) throw new Error("This was begun in another tab. Begin again in this one.");
  keep(void 0, new URLSearchParams(errand2));
  if (answer.has("error")) throw new Error(`The provider refused: ${answer.get("error_description")}`);
  const given = { provider, idToken: answer.get("id_token"), nonce };
  if (purpose === "link") {
    await nhost.auth.linkIdToken(given);
    return "The provider is connected.";
  }
  if (purpose === "sign-up") return enter((await nhost.auth.signUpIdToken(given)).body, "You are signed up.");
  return enter((await nhost.auth.signInIdToken(given)).body);
}
async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// personal_access_tokens.js
onSubmit("pat-sign-in", async ({ personalAccessToken }, _button, form) => {
  const { body } = await nhost.auth.signInPAT({ personalAccessToken });
  form.reset();
  return enter(body);
});
onSubmit("pat-create", async ({ name: name2, days }, _button, form) => {
  const expiresAt = new Date(Date.now() + days * 24 * 60 * 60 * 1e3).toISOString();
  const { body } = await nhost.auth.createPAT({ expiresAt, metadata: { name: name2 } });
  byId("pat").textContent = body.personalAccessToken;
  form.reset();
  return "The token is shown once: copy it now.";
});

// anonymous.js
var options2 = () => ({ redirectTo: redirectTo() });
onSubmit("anonymous", async ({ displayName }) => {
  const { body } = await nhost.auth.signInAnonymous(displayName ? { displayName } : {});
  return enter(body, "You are a guest.");
});
onSubmit("upgrade-password", async ({ email, password }) => {
  await nhost.auth.deanonymizeUser({ signInMethod: "email-password", email, password, options: options2() });
  return renew();
});
onSubmit("upgrade-link", async ({ email }) => {
  await nhost.auth.deanonymizeUser({ signInMethod: "passwordless", email, options: options2() });
  return renew();
});
onCode(
  "upgrade-sms",
  ({ phoneNumber }) => ask("POST", "/user/deanonymize/sms", { phoneNumber }),
  async ({ phoneNumber, otp }) => {
    const { body } = await nhost.auth.verifySignInPasswordlessSms({ phoneNumber, otp });
    return enter(body, "You are a user now.");
  }
);
async function renew() {
  try {
    await nhost.auth.refreshToken({ refreshToken: nhost.getUserSession().refreshToken });
    return "You are a user now.";
  } catch {
    nhost.clearSession();
    return "You are a user now. A mail was sent to confirm the address: follow its link to go on.";
  }
}

// second_factor.js
onSubmit("second-step-code", async ({ otp }, button2, form) => {
  const ticket2 = takeTicket();
  form.reset();
  if (button2 === "cancel") return "";
  return enter((await nhost.auth.verifySignInMfaTotp({ ticket: ticket2, otp })).body);
});
if (byId("second-factor")) {
  onShowUser(async (user) => {
    const isOn = user.activeMfaType === "totp";
    byId("second-factor").textContent = isOn ? `It is on. ${await recoveryCodesLeft()}` : "It is off.";
    byId("second-factor-begin").hidden = isOn;
    byId("second-factor-change").hidden = !isOn;
    byId("recovery-codes").hidden = !isOn;
    if (isOn) byId("second-factor-enrol").hidden = true;
  });
}
onSubmit("second-factor-begin", async () => {
  const { imageUrl, totpSecret } = (await nhost.auth.changeUserMfa()).body;
  const image = new Image();
  image.src = imageUrl;
  image.alt = "QR code of the secret below";
  byId("second-factor-qr").replaceChildren(image);
  byId("second-factor-secret").textContent = totpSecret;
  byId("second-factor-enrol").hidden = false;
  byId("second-factor-enrol").querySelector("input").focus();
  return "Scan the code with an authenticator app, then type in what it shows.";
});
onSubmit("second-factor-on", async ({ code }, _button, form) => {
  await nhost.auth.verifyChangeUserMfa({ code, activeMfaType: "totp" });
  form.reset();
  emptySecrets();
  return "The second factor is on. Get recovery codes now, in case the phone is lost.";
});
onSubmit("second-factor-change", async ({ code }, _button, form) => {
  await nhost.auth.verifyChangeUserMfa({ code, activeMfaType: "" });
  form.reset();
  emptySecrets();
  return "The second factor is off.";
});
onSubmit("recovery-codes", async () => {
  const { recoveryCodes } = await ask("POST", "/mfa/recovery-codes");
  byId("recovery-codes-list").replaceChildren(...recoveryCodes.map(codeItem));
  return "These recovery codes are shown once: print them or write them down. Earlier ones are void.";
});
async function recoveryCodesLeft() {
  const { remaining } = await ask("GET", "/mfa/recovery-codes");
  return `${remaining} recovery ${remaining === 1 ? "code is" : "codes are"} left.`;
}
function codeItem(code) {
  const item = document.createElement("li");
  item.textContent = code;
  return item;
}

// elevation.js
var WAYS = {
  webauthn: "elevate-passkey",
  totp: "elevate-totp",
  "otp-email": "elevate-email",
  "otp-sms": "elevate-sms"
};
onShowUser(async () => {
  const { methods, sessionElevated } = await ask("GET", "/elevate");
  byId("elevated").textContent = sessionElevated ? "This session is elevated." : "This session is not elevated.";
  for (const [method, id] of Object.entries(WAYS)) byId(id).hidden = !methods.includes(method);
  byId("no-elevation").hidden = methods.length > 0;
});
onSubmit("elevate-passkey", async () => {
  const options4 = await nhost.auth.elevateWebauthn();
  const credential = await useKey(options4.body);
  return elevate((await nhost.auth.verifyElevateWebauthn({ credential })).body);
});
onSubmit("elevate-totp", async ({ otp }, _button, form) => {
  const answer = await ask("POST", "/elevate/totp", { otp });
  form.reset();
  return elevate(answer);
});
onCode(
  "elevate-email",
  () => ask("POST", "/elevate/otp/email"),
  async ({ otp }) => elevate(await ask("POST", "/elevate/otp/email/verify", { otp }))
);
onCode(
  "elevate-sms",
  () => ask("POST", "/elevate/otp/sms"),
  async ({ otp }) => elevate(await ask("POST", "/elevate/otp/sms/verify", { otp }))
);
async function elevate({ session }) {
  const { refreshToken } = nhost.getUserSession();
  nhost.sessionStorage.set(session);
  await ask("POST", "/signout", { refreshToken });
  return "You proved that it is you.";
}

// sessions.js
onShowUser(async () => {
  const { refreshTokenId } = nhost.getUserSession();
  const { sessions } = await ask("GET", `/user/sessions?refreshTokenId=${refreshTokenId}`);
  byId("sessions").replaceChildren(...sessions.map(sessionItem));
});
onSubmit("sign-out-everywhere", async () => {
  await nhost.auth.signOut({ all: true });
  return "You are signed out everywhere.";
});
function sessionItem(session) {
  const item = byId("session-item").content.cloneNode(true);
  const name2 = deviceName(session.device);
  item.querySelector(".name").textContent = session.current ? `${name2} (this one)` : name2;
  item.querySelector(".name").title = session.device ?? "";
  item.querySelector(".meta").textContent = `From ${session.ip ?? "an unknown address"}, last used ${moment(session.lastUsedAt)}`;
  const form = item.querySelector("form");
  form.hidden = session.current;
  form.querySelector("button").setAttribute("aria-label", `End the session of ${name2}, last used ${moment(session.lastUsedAt)}`);
  onSubmit(form, async () => {
    await ask("DELETE", `/user/sessions/${session.id}`);
    return "The session was ended.";
  });
  return item;
}

// change_email.js
var options3 = () => ({ redirectTo: redirectTo() });
onSubmit("change-email", async ({ newEmail }, _button, form) => {
  await nhost.auth.changeUserEmail({ newEmail, options: options3() });
  form.reset();
  return "A mail is on its way to the new address: follow its link.";
});
onShowUser(({ email, emailVerified }) => {
  byId("confirm-email").hidden = !email || emailVerified;
});
onSubmit("confirm-email", async () => {
  const { email } = nhost.getUserSession().user;
  await nhost.auth.sendVerificationEmail({ email, options: options3() });
  return "The confirming mail was sent again.";
});

// change_phone_number.js
onCode(
  "change-phone-number",
  ({ newPhoneNumber }) => ask("POST", "/user/phone-number/change", { newPhoneNumber }),
  async ({ newPhoneNumber, otp }) => {
    await ask("POST", "/user/phone-number/change/verify", { newPhoneNumber, otp });
    return "Your phone number is changed.";
  }
);

// change_password.js
onSubmit("change-password", async ({ newPassword }) => {
  const { email } = nhost.getUserSession().user;
  await nhost.auth.changeUserPassword({ newPassword });
  nhost.clearSession();
  if (!email) return "Your password is changed, and you are signed out everywhere.";
  const { body } = await nhost.auth.signInEmailPassword({ email, password: newPassword });
  return enter(body, "Your password is changed. All other sessions were ended.");
});

// provider_tokens.js
var kept = {};
onSubmit("provider-tokens", async (_values, provider2) => {
  const { body } = await nhost.auth.getProviderTokens(provider2);
  if (!body.accessToken) return "This provider is not connected, so it gave none.";
  show3(provider2, body);
  return "The provider\u2019s tokens are handed out once: they are this page\u2019s now.";
});
onSubmit("provider-tokens-refresh", async () => {
  const { provider: provider2, refreshToken } = kept;
  const { body } = await nhost.auth.refreshProviderToken(provider2, { refreshToken });
  show3(provider2, body);
  return "The provider gave new tokens.";
});
function show3(provider2, { accessToken, expiresAt, refreshToken }) {
  kept = { provider: provider2, refreshToken };
  byId("provider-access-token").textContent = accessToken;
  byId("provider-tokens-until").textContent = moment(expiresAt);
  byId("provider-tokens-shown").hidden = false;
  byId("provider-tokens-refresh").hidden = !refreshToken;
}

// session.js
var confirmed = (text, is) => text ? `${text} (${is ? "confirmed" : "not confirmed"})` : "none";
onShow((user) => {
  byId("who").textContent = nameOf(user);
  byId("who-email").textContent = confirmed(user.email, user.emailVerified);
  byId("who-phone").textContent = confirmed(user.phoneNumber, user.phoneNumberVerified);
  byId("who-roles").textContent = user.roles.join(", ");
  byId("who-id").textContent = user.id;
  byId("who-until").textContent = moment(nhost.getUserSession().decodedToken.exp);
});
onSubmit("session", async (_values, button2) => {
  if (button2 === "refresh") {
    await nhost.refreshSession(0);
    return "You have a new access token.";
  }
  const { refreshToken } = nhost.getUserSession();
  await nhost.auth.signOut({ refreshToken });
  return "You are signed out.";
});

// scopes.js
var ROLE = "graphql:role:";
var IN_WORDS = {
  openid: "Know you by an id of your account",
  profile: "See your name, your picture and your language",
  email: "See your e-mail address",
  phone: "See your phone number",
  offline_access: "Stay signed in while you are away",
  graphql: "Read and change data in your name, with all your roles"
};
var inWords = (scope) => scope.startsWith(ROLE) ? `Read and change data in your name, with the role \u201C${scope.slice(ROLE.length)}\u201D alone` : IN_WORDS[scope] ?? scope;
var allInWords = (scopes) => {
  const order = [...Object.keys(IN_WORDS), ...scopes];
  return [...scopes].sort((one, other) => order.indexOf(one) - order.indexOf(other)).map(inWords);
};
var scopeItems = (scopes) => allInWords(scopes).map((words) => {
  const item = document.createElement("li");
  item.textContent = words;
  return item;
});
var applicationName = (name2, clientId) => name2 || (/^https?:/.test(clientId) ? new URL(clientId).host : clientId);

// applications.js
if (byId("applications")) {
  onShowUser(async () => {
    const { applications } = await ask("GET", "/user/applications");
    byId("applications").replaceChildren(...applications.map(applicationItem));
    byId("no-applications").hidden = applications.length > 0;
  });
}
function applicationItem({ id, clientId, name: name2, scopes, createdAt, lastUsedAt }) {
  const item = byId("application-item").content.cloneNode(true);
  const shown2 = applicationName(name2, clientId);
  const used = lastUsedAt ? `last used ${moment(lastUsedAt)}` : "not used since";
  item.querySelector(".name").textContent = shown2;
  item.querySelector(".scopes").textContent = `${allInWords(scopes).join(". ")}.`;
  item.querySelector(".when").textContent = `Let in ${moment(createdAt)}, ${used}`;
  item.querySelector("button").setAttribute("aria-label", `Revoke ${shown2}`);
  onSubmit(item.querySelector("form"), async () => {
    await ask("DELETE", `/user/applications/${id}`);
    return `${shown2} was revoked. It is asked for again when it comes back.`;
  });
  return item;
}

// account.js
function showAccount2(view, user) {
  const name2 = nameOf(user);
  const address = user.email ?? user.phoneNumber;
  byId(`${view}-account`).textContent = address && address !== name2 ? `${name2} (${address})` : name2;
}
for (const form of document.querySelectorAll(".other-account")) {
  onSubmit(form, async () => {
    await nhost.auth.signOut({ refreshToken: nhost.getUserSession().refreshToken });
    return "You are signed out here. Sign in to go on.";
  });
}

// consent.js
var requestId = () => query().get("request_id");
var isAnswered = false;
onErrand("consent", async (user) => {
  if (isAnswered) return void 0;
  byId("consent-asked").hidden = true;
  const asked = await read();
  const prompt = asked.prompt ?? (query().get("prompt") ?? "").split(" ");
  byId("purpose").textContent = `${target(asked)} asks you to sign in.`;
  byId("consent-cancel").hidden = false;
  if (prompt.includes("none")) return answerSilently(asked, user);
  if (!user) return void 0;
  paint(asked, user);
  const goesOn = asked.consented && !asked.signInAgain && !prompt.includes("select_account");
  return goesOn ? allow() : void 0;
});
onSubmit("consent-cancel", () => refuse());
onSubmit("consent-answer", (_values, button2) => button2 === "refuse" ? refuse() : allow().catch(again));
async function read() {
  try {
    return (await nhost.auth.oauth2LoginGet({ request_id: requestId() ?? "" })).body;
  } catch (reason) {
    if (reason.body) endErrand();
    byId("consent-cancel").hidden = true;
    throw reason;
  }
}
function paint(asked, user) {
  byId("consent-name").textContent = applicationName(asked.clientName, asked.clientId);
  byId("consent-client").textContent = asked.clientId;
  byId("consent-target").textContent = target(asked);
  byId("consent-scopes").replaceChildren(...scopeItems(asked.scopes));
  showAccount2("consent", user);
  byId("consent-guest").hidden = !user.isAnonymous;
  showAgain(asked.signInAgain, user.isAnonymous);
  byId("consent-asked").hidden = false;
}
function showAgain(isWanted, isGuest = false) {
  byId("consent-again").hidden = !isWanted;
  byId("consent-allow").hidden = isWanted || isGuest;
  byId("consent-other").textContent = isWanted ? "Sign in again" : "Use another account";
  byId("consent-other").classList.toggle("quiet", !isWanted);
}
function again(reason) {
  if (reason.body?.error === "sign-in-again") showAgain(true);
  throw reason;
}
function answerSilently(asked, user) {
  if (!user || asked.signInAgain) return refuse("login_required");
  if (!asked.consented) return refuse("consent_required");
  return allow().catch(() => refuse("interaction_required"));
}
async function allow() {
  return leave2((await nhost.auth.oauth2LoginPost({ requestId: requestId() })).body);
}
async function refuse(reason = "access_denied") {
  return leave2(await ask("POST", "/oauth2/login/refuse", { requestId: requestId(), reason }));
}
var target = ({ redirectUri }) => new URL(redirectUri).host || new URL(redirectUri).protocol;
function leave2({ redirectUri }) {
  if (!/^(https?|[^:]+\.[^:]+):$/.test(new URL(redirectUri).protocol)) throw new Error("The application\u2019s address cannot be followed.");
  isAnswered = true;
  byId("consent-answer").hidden = true;
  location.replace(redirectUri);
  return "You go back to the application.";
}

// device.js
var shown = "";
onErrand("device", async (user) => {
  byId("purpose").textContent = "Sign in to let a device in.";
  byId("device-asked").hidden = !(user && shown);
  if (!user) return hide();
  showAccount2("device", user);
  if (shown || !query().has("user_code")) return void 0;
  byId("device-code").elements.userCode.defaultValue = query().get("user_code");
  return show4(query().get("user_code"));
});
onSubmit("device-code", async ({ userCode }) => {
  const told = await show4(userCode.trim().toUpperCase());
  byId("device-asked-title").focus();
  return told;
});
onSubmit("device-answer", async (_values, button2, form) => {
  await ask("POST", "/oauth2/device", { userCode: shown, approve: button2 === "allow" });
  hide();
  byId("device-code").elements.userCode.defaultValue = "";
  byId("device-code").reset();
  return button2 === "allow" ? "The device is let in: it goes on by itself." : "The device was refused.";
});
async function show4(userCode) {
  hide();
  keep(["view"]);
  const asked = await ask("GET", `/oauth2/device?${new URLSearchParams({ user_code: userCode })}`);
  byId("device-name").textContent = applicationName(asked.clientName, asked.clientId);
  byId("device-shown-code").textContent = userCode;
  byId("device-place").textContent = `${deviceName(asked.device)}, at ${asked.ip ?? "an unknown address"}`;
  byId("device-begun").textContent = moment(asked.createdAt);
  byId("device-scopes").replaceChildren(...scopeItems(asked.scopes));
  byId("device-asked").hidden = false;
  shown = userCode;
  return "Look whether this is your device, and what it asks for.";
}
function hide() {
  shown = "";
  byId("device-asked").hidden = true;
}

// logout.js
onErrand("logout", async (user) => {
  if (!user) {
    endErrand();
    return "You are signed out.";
  }
  showAccount2("logout", user);
  byId("logout-name").textContent = user.isAnonymous ? "the application" : await name(query().get("client_id"));
  return void 0;
});
onSubmit("logout-answer", async (_values, button2) => {
  if (button2 === "sign-out") await nhost.auth.signOut({ refreshToken: nhost.getUserSession().refreshToken });
  endErrand();
  return button2 === "sign-out" ? "You are signed out." : "You stay signed in.";
});
async function name(clientId) {
  const { applications } = await ask("GET", "/user/applications");
  const known = applications.find((application) => application.clientId === clientId);
  return known ? applicationName(known.name, clientId) : "the application";
}

// arrival.js
var TOLD = {
  emailConfirmChange: "Your new address is confirmed.",
  passwordReset: "You are signed in by the mail. Set a new password now, under \u201CPassword\u201D.",
  verifyEmail: "Your address is confirmed, and you are signed in."
};
async function arrive() {
  const query2 = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  keep();
  if (query2.has("error")) throw new Error(`That did not work: ${query2.get("errorDescription") ?? query2.get("error")}.`);
  if (query2.has("mfaTicket")) return enter({ mfa: { ticket: query2.get("mfaTicket") } });
  if (query2.has("code")) {
    const purpose = query2.get("type") === "passwordReset" ? "reset" : "provider";
    return exchange(query2.get("code"), purpose, TOLD[query2.get("type")]);
  }
  if (fragment.has("state")) return bring(fragment);
  if (query2.get("state") === "connected") return "The provider is connected.";
  if (!query2.has("refreshToken")) return "";
  const { body } = await nhost.auth.refreshToken({ refreshToken: query2.get("refreshToken") });
  return enter({ session: body }, TOLD[query2.get("type")]);
}

// main.js
perform(arrive);
addEventListener("storage", ({ key: key2 }) => key2 === SESSION && perform(() => ""));
