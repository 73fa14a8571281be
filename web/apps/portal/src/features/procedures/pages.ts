import { addWords } from "@atiende/ui";
import { procedureWords } from "../../locales/procedures";

addWords(procedureWords);

export { FaqPage } from "./FaqPage";
export { ProcedurePage } from "./ProcedurePage";
export { ProceduresPage } from "./ProceduresPage";
