export { CityProvider, pageNonce } from "./CityProvider";
export { DataTable, type Column } from "./components/DataTable";
export { ErrorSummary, type SummaryEntry } from "./components/ErrorSummary";
export { LanguageSwitch } from "./components/LanguageSwitch";
export { ProblemAlert } from "./components/ProblemAlert";
export { SkipLink } from "./components/SkipLink";
export { faultsOf, toldFaults, type Fault } from "./form/faults";
export { SchemaField, type SchemaFieldProps } from "./form/SchemaField";
export { SchemaForm, faultTarget, useFaultWords, type FileQuestion, type SchemaFormProps } from "./form/SchemaForm";
export {
  choicesOf, defaultsOf, kindOf, readForm, shownValue, withValue,
  type Choice, type FieldKind, type FieldSchema, type FormSchema, type FormValues,
} from "./form/schema";
export { LANGUAGES, addWords, isLanguage, preferredLanguage, startI18n, type Language, type Words } from "./i18n";
export { cityTheme } from "./theme/theme";
export * from "./icons";
