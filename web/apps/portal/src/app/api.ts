import { createApi } from "@atiende/api";
import i18next from "i18next";

/** Citizens are known by a cookie that scripts cannot read; no token passes through here. */
export const api = createApi({ language: () => i18next.language });
