import i18next from "i18next";
import { api } from "../../app/api";
import { queryClient } from "../../app/query";
import { router } from "../../app/router";
import { enterKiosk, kioskUnit } from "./mode";

const FAREWELL_MS = 3_000;

/** Leaves nothing of the person who was here, and shows the start page to the next one. */
export async function endSession(): Promise<void> {
  await Promise.all([wipeDevice(), leaveSession()]);
  const unit = kioskUnit() ?? "";
  // A new document forgets what memory held; without network the page that stands must do.
  if (navigator.onLine) location.replace(`/kiosco?unidad=${encodeURIComponent(unit)}`);
  else await router.navigate({ to: "/kiosco", search: { unidad: unit }, replace: true });
}

/** Empties what this browser keeps, except that it is a kiosk. */
export async function wipeDevice(): Promise<void> {
  const unit = kioskUnit();
  queryClient.clear();
  sessionStorage.clear();
  if (unit !== undefined) enterKiosk(unit);
  await i18next.changeLanguage("es");
  await emptyDatabases();
}

/** Out of reach it ends by itself after half an hour; the cookie is not the kiosk's to read. */
async function leaveSession(): Promise<void> {
  try {
    await api.cases.DELETE("/api/cases/v1/citizen/session", { signal: AbortSignal.timeout(FAREWELL_MS) });
  } catch {
    // There may have been none.
  }
}

/** Empties every store, drafts and chat alike, also those with an open connection, which cannot be deleted. */
export async function emptyDatabases(factory: IDBFactory | undefined = globalThis.indexedDB): Promise<void> {
  if (!factory) return;
  const all = await factory.databases();
  await Promise.all(all.map(({ name }) => (name ? emptied(factory, name) : undefined)));
}

function emptied(factory: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve) => {
    const opening = factory.open(name);
    opening.onerror = () => resolve();
    opening.onsuccess = () => {
      const base = opening.result;
      const stores = [...base.objectStoreNames];
      if (stores.length === 0) {
        base.close();
        return resolve();
      }
      const work = base.transaction(stores, "readwrite");
      for (const store of stores) work.objectStore(store).clear();
      work.oncomplete = work.onabort = () => {
        base.close();
        resolve();
      };
    };
  });
}
