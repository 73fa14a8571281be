import type { es } from "../es";

export const session: typeof es.session = {
  title: "Service desk",
  text: "Sign in with your city account to work on the cases of your departments.",
  action: "Sign in",
  left: "You have signed out. You can leave this computer now.",
  unreachable: "Your session could not be checked. Check your connection and try again.",
  ended: {
    title: "Your session has ended",
    text: "What you wrote is kept. Sign in again and you will come back to this very place.",
    action: "Sign in again",
  },
};
