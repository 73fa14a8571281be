import type { CasesSchemas, RoutingSchemas } from "@atiende/api";

type Cases = CasesSchemas["schemas"];
type Routing = RoutingSchemas["schemas"];

export type CaseView = Cases["CaseView"];
export type CaseDetail = Cases["CaseDetail"];
export type CasePage = Cases["Page_CaseView_"];
export type Entry = Cases["EntryView"];
export type CitizenDetail = Cases["CitizenDetail"];
export type Counts = Cases["Counts"];
export type SavedView = Cases["SavedView"];
export type ChannelCode = Cases["Channel"];
export type Status = Cases["Status"];
export type AgentView = Routing["AgentView"];
export type Offer = Routing["PendingOffer"];
export type ReplyOptions = Cases["ReplyOptions"];
export type ReplyOption = Cases["ReplyOptionView"];
export type Suggestion = Cases["SuggestionView"];
export type Checklist = Cases["Checklist"];
export type Person = Cases["PersonView"];
export type AuditEntry = Cases["AuditView"];
