import "./mantine.css";
import { addWords } from "@atiende/ui";
import { formWords } from "../../locales/form";

addWords(formWords);

export { FormPage } from "./FormPage";
export { ReceiptPage } from "./ReceiptPage";
