import { SkipLink } from "@atiende/ui";
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { ChatButton } from "../features/chat/ChatButton";
import { useKioskUnit } from "../features/kiosk/mode";
import { Emergency } from "./Emergency";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { Notices } from "./Notices";
import { Quiet } from "./Quiet";
import styles from "./Shell.module.css";
import { whenIdle } from "./whenIdle";

// After the page itself: forms that wait for the network, and the service worker.
const Background = lazy(() => whenIdle().then(() => import("../features/offline/pages")).then((loaded) => ({ default: loaded.Background })));
// Only a kiosk carries it.
const KioskFrame = lazy(() => import("../features/kiosk/pages").then((loaded) => ({ default: loaded.KioskFrame })));

export function Shell() {
  if (useKioskUnit() !== undefined) {
    return (
      <Suspense>
        <KioskFrame />
      </Suspense>
    );
  }
  return (
    <div className={styles.page}>
      <SkipLink />
      <header>
        <Emergency />
        <Header />
      </header>
      <Notices />
      <Quiet>
        <Suspense>
          <Background />
        </Suspense>
      </Quiet>
      <main id="contenido" tabIndex={-1}>
        <Outlet />
      </main>
      <Footer />
      <ChatButton />
    </div>
  );
}
