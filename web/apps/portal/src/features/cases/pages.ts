import "../form/mantine.css";
import { addWords } from "@atiende/ui";
import { caseWords } from "../../locales/cases";
import { formWords } from "../../locales/form";
import { surveyWords } from "../../locales/survey";

addWords(formWords);
addWords(caseWords);
addWords(surveyWords);

export { CasePage } from "./CasePage";
export { CasesPage } from "./CasesPage";
export { TrackPage } from "./TrackPage";
