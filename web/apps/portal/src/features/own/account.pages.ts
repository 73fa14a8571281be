import { addWords } from "@atiende/ui";
import { ownWords } from "../../locales/own";

addWords(ownWords);

export { CallbackPage } from "./CallbackPage";
