import { Stack } from "@mantine/core";
import type { Procedure } from "../../content";
import type { FormProps } from "../simple";
import { Facts, Finding } from "./Facts";
import { Outcomes } from "./Outcomes";
import { Preview } from "./Preview";
import classes from "./procedure.module.css";
import { Questions } from "./Questions";

/** A procedure with everything that citizens read and are asked; beside it the form as they see it. */
export function ProcedureForm({ content, ...bound }: FormProps<Procedure>) {
  return (
    <div className={classes.columns}>
      <Stack className={classes.edit ?? ""}>
        <Facts content={content} {...bound} />
        <Questions language={content.city.default_language} {...bound} />
        <Outcomes {...bound} />
        <Finding {...bound} />
      </Stack>
      <Preview procedure={bound.value} languages={content.city.languages} />
    </div>
  );
}
