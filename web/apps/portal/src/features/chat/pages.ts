import { addWords } from "@atiende/ui";
import { chatWords } from "../../locales/chat";

addWords(chatWords);

export { ChatWindow } from "./ChatWindow";
export { EmbedPage } from "./EmbedPage";
