import { addWords } from "@atiende/ui";
import { figureWords } from "../../locales/figures";

addWords(figureWords);

export { FiguresPage } from "./FiguresPage";
