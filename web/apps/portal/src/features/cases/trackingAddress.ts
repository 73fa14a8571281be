const SECRET = /^[0-9A-Za-z-]{12,20}$/;

/** Where a receipt leads. Folio and secret stand behind the #, which a browser keeps to itself. */
export function trackingAddress(folio: string, secret: string): string {
  return `${location.origin}/seguimiento#${folio}.${secret.replaceAll("-", "")}`;
}

/** What stands behind the # of such an address; a folio alone when it was typed into the search box. */
export function readTrackingFragment(fragment: string): { folio: string; secret: string } {
  const [folio = "", secret = ""] = decodeURIComponent(fragment.replace(/^#/, "")).split(".", 2);
  return { folio: folio.slice(0, 64), secret: SECRET.test(secret) ? secret : "" };
}
