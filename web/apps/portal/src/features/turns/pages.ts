import { addWords } from "@atiende/ui";
import { turnsWords } from "../../locales/turns";

addWords(turnsWords);

export { HallPage } from "./HallPage";
