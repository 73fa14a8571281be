import { addWords } from "@atiende/ui";
import { infoWords } from "../../locales/info";

addWords(infoWords);

export { AccessibilityPage } from "./AccessibilityPage";
export { PrivacyPage } from "./PrivacyPage";
