import { addWords } from "@atiende/ui";
import { kioskWords } from "../../locales/kiosk";

addWords(kioskWords);

export { KioskFrame } from "./KioskFrame";
export { KioskStart } from "./KioskStart";
export { TurnPage } from "./TurnPage";
