import { admin } from "./admin";
import { board } from "./board";
import { caseWords } from "./case";
import { words } from "./common";
import { crisis } from "./crisis";
import { counter } from "./counter";
import { inbox } from "./inbox";
import { incident } from "./incident";
import { keyboard } from "./keyboard";
import { people } from "./people";
import { merge } from "./merge";
import { procedure } from "./procedure";
import { mentions } from "./mentions";
import { session } from "./session";
import { shell } from "./shell";
import { work } from "./work";

/** Spanish first; English has exactly these keys. Each feature brings one file. */
export const es = {
  ...words,
  shell,
  session,
  keyboard,
  inbox,
  merge,
  incident,
  case: caseWords,
  mentions,
  work,
  counter,
  board,
  admin,
  crisis,
  people,
  procedure,
};
