import "../form/mantine.css";
import { addWords } from "@atiende/ui";
import { surveyWords } from "../../locales/survey";

addWords(surveyWords);

export { SurveyPage } from "./SurveyPage";
