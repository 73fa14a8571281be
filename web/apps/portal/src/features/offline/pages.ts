import { addWords } from "@atiende/ui";
import { offlineWords } from "../../locales/offline";

addWords(offlineWords);

export { Background } from "./Background";
