import "../form/mantine.css";
import { addWords } from "@atiende/ui";
import { caseWords } from "../../locales/cases";
import { ownWords } from "../../locales/own";

addWords(caseWords);
addWords(ownWords);

export { DataPage } from "./DataPage";
export { EnterPage } from "./EnterPage";
export { PreferencesPage } from "./PreferencesPage";
