import { createApi } from "@atiende/api";
import i18next from "i18next";
import { freshToken, renew } from "../auth/store";

export const api = createApi({
  language: () => i18next.language,
  token: freshToken,
  onUnauthenticated: () => void renew(),
});
