import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { Home } from "../features/home/Home";
import { enterKiosk, kioskUnit } from "../features/kiosk/mode";
import { faqQuery, procedureQuery, proceduresQuery } from "../features/procedures/queries";
import { NotFound } from "./NotFound";
import { PageProblem } from "./PageProblem";
import { queryClient } from "./query";
import { Shell } from "./Shell";
import { currentLanguage } from "./useLanguage";

/** What an address asks for, when it is one of what there is. */
function oneOf<Name extends string, Value extends string | number>(name: Name, given: unknown, options: readonly Value[]): { [key in Name]?: Value } {
  const found = options.find((one) => one === given);
  return (found === undefined ? {} : { [name]: found }) as { [key in Name]?: Value };
}

// Asked for while the page's code still travels; the page shows what comes, or what is wrong.
const askProcedures = () => void queryClient.prefetchQuery(proceduresQuery(currentLanguage()));
const askProcedure = ({ params: { code } }: { params: { code: string } }) => void queryClient.prefetchQuery(procedureQuery(code, currentLanguage()));
const askQuestions = () => void queryClient.prefetchQuery(faqQuery("", currentLanguage()));

const root = createRootRoute({ component: Outlet });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell, notFoundComponent: NotFound });

const home = createRoute({ getParentRoute: () => shell, path: "/", component: Home });
const procedures = createRoute({
  getParentRoute: () => shell,
  path: "/tramites",
  component: lazyRouteComponent(() => import("../features/procedures/pages"), "ProceduresPage"),
  loader: askProcedures,
});
const procedure = createRoute({
  getParentRoute: () => shell,
  path: "/tramites/$code",
  component: lazyRouteComponent(() => import("../features/procedures/pages"), "ProcedurePage"),
  loader: askProcedure,
});
const faq = createRoute({
  getParentRoute: () => shell,
  path: "/preguntas",
  component: lazyRouteComponent(() => import("../features/procedures/pages"), "FaqPage"),
  loader: askQuestions,
});
const accessibility = createRoute({
  getParentRoute: () => shell,
  path: "/accesibilidad",
  component: lazyRouteComponent(() => import("../features/info/pages"), "AccessibilityPage"),
});
const privacy = createRoute({
  getParentRoute: () => shell,
  path: "/datos-personales",
  component: lazyRouteComponent(() => import("../features/info/pages"), "PrivacyPage"),
});
const figures = createRoute({
  getParentRoute: () => shell,
  path: "/cifras",
  component: lazyRouteComponent(() => import("../features/figures/pages"), "FiguresPage"),
  validateSearch: (given: Record<string, unknown>): { dias?: 30 | 90 | 365; por?: "unidad" | "tramite" | "todo" } => ({
    ...oneOf("dias", given.dias, [30, 90, 365]),
    ...oneOf("por", given.por, ["unidad", "tramite", "todo"]),
  }),
});
const kiosk = createRoute({
  getParentRoute: () => shell,
  path: "/kiosco",
  validateSearch: (search: Record<string, unknown>): { unidad?: string } =>
    typeof search.unidad === "string" && search.unidad ? { unidad: search.unidad } : {},
  // Before the first drawing, so that the portal around it is never shown at a kiosk.
  beforeLoad: ({ search }) => enterKiosk(search.unidad ?? kioskUnit() ?? ""),
  component: lazyRouteComponent(() => import("../features/kiosk/pages"), "KioskStart"),
});
const kioskTurn = createRoute({
  getParentRoute: () => shell,
  path: "/kiosco/turno",
  component: lazyRouteComponent(() => import("../features/kiosk/pages"), "TurnPage"),
});
// A page of its own: other sites frame it, so nothing of the portal surrounds it.
const embeddedChat = createRoute({
  getParentRoute: () => root,
  path: "/embed/chat",
  component: lazyRouteComponent(() => import("../features/chat/pages"), "EmbedPage"),
});
// The screen of a waiting hall: nothing around the numbers.
const hall = createRoute({
  getParentRoute: () => root,
  path: "/turnos",
  validateSearch: (search: Record<string, unknown>): { unidad?: string } =>
    typeof search.unidad === "string" && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(search.unidad) ? { unidad: search.unidad } : {},
  component: lazyRouteComponent(() => import("../features/turns/pages"), "HallPage"),
});

const form = createRoute({
  getParentRoute: () => shell,
  path: "/tramites/$code/iniciar",
  component: lazyRouteComponent(() => import("../features/form/pages"), "FormPage"),
  loader: askProcedure,
  validateSearch: (given: Record<string, unknown>): { paso?: string } => (typeof given.paso === "string" ? { paso: given.paso } : {}),
});
const receipt = createRoute({
  getParentRoute: () => shell,
  path: "/recibo",
  component: lazyRouteComponent(() => import("../features/form/pages"), "ReceiptPage"),
});
const track = createRoute({
  getParentRoute: () => shell,
  path: "/seguimiento",
  component: lazyRouteComponent(() => import("../features/cases/pages"), "TrackPage"),
});
const cases = createRoute({
  getParentRoute: () => shell,
  path: "/casos",
  component: lazyRouteComponent(() => import("../features/cases/pages"), "CasesPage"),
});
const ownCase = createRoute({
  getParentRoute: () => shell,
  path: "/casos/$caseId",
  component: lazyRouteComponent(() => import("../features/cases/pages"), "CasePage"),
});
const enter = createRoute({
  getParentRoute: () => shell,
  path: "/ingresar",
  // The case that one wanted to see when one was asked to enter.
  validateSearch: (given: Record<string, unknown>): { caso?: string } =>
    typeof given.caso === "string" && /^[\w-]{1,64}$/.test(given.caso) ? { caso: given.caso } : {},
  component: lazyRouteComponent(() => import("../features/own/pages"), "EnterPage"),
});
const callback = createRoute({
  getParentRoute: () => shell,
  path: "/callback",
  component: lazyRouteComponent(() => import("../features/own/account.pages"), "CallbackPage"),
});
const preferences = createRoute({
  getParentRoute: () => shell,
  path: "/preferencias",
  component: lazyRouteComponent(() => import("../features/own/pages"), "PreferencesPage"),
});
const ownData = createRoute({
  getParentRoute: () => shell,
  path: "/mis-datos",
  component: lazyRouteComponent(() => import("../features/own/pages"), "DataPage"),
});
const survey = createRoute({
  getParentRoute: () => shell,
  path: "/encuesta",
  component: lazyRouteComponent(() => import("../features/survey/pages"), "SurveyPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([
      ...[home, procedures, procedure, form, receipt, faq, figures, accessibility, privacy, kiosk, kioskTurn],
      ...[track, cases, ownCase, enter, callback, preferences, ownData, survey],
    ]),
    embeddedChat,
    hall,
  ]),
  scrollRestoration: true,
  defaultPreload: "intent",
  defaultErrorComponent: PageProblem,
  defaultNotFoundComponent: NotFound,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
