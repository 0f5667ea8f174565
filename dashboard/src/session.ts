/** The reader's token: taken from the sign-in link once, then kept in this browser. */

const KEY = "vedette.token";
const listeners = new Set<() => void>();
let reason: string | null = null;

/** Takes `#token=…` out of the address bar, so that it is neither seen nor bookmarked. */
export function adoptTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) {
    history.replaceState(null, "", location.pathname + location.search);
    signIn(token);
  }
}

/** A sign-in link opened where the page is open already changes nothing but the fragment. */
export function watchAddress(): void {
  addEventListener("hashchange", adoptTokenFromAddress);
}

export function readToken(): string | null {
  return localStorage.getItem(KEY);
}



export function signIn(token: string): void {
  reason = null;
  localStorage.setItem(KEY, token);
  listeners.forEach((listener) => listener());
}

/** Forgets the token; `why` is shown on the sign-in page. */
export function signOut(why: string | null = null): void {
  reason = why;
  localStorage.removeItem(KEY);
  listeners.forEach((listener) => listener());
}

export function whySignedOut(): string | null {
  return reason;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
