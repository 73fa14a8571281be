/** Waits until the page has loaded and has nothing better to do. */
export async function whenIdle(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
  await new Promise<void>((idle) => {
    // Safari has none.
    if ("requestIdleCallback" in window) requestIdleCallback(() => idle(), { timeout: 2000 });
    else setTimeout(idle, 200);
  });
}
