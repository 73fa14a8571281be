import { Alert, Anchor, List } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { partById } from "./parts";
import { usePlaceName } from "./places";
import { isWithin, nearestField, partsOf } from "./pointer";
import type { ContentProblem } from "./queries";

const SHOWN = 50;

/** What keeps a draft from being published; each leads to where it is mended. `here` is the place that is open. */
export function ProblemList({ draftId, problems, here }: { draftId: string; problems: readonly ContentProblem[]; here?: string }) {
  const { t } = useTranslation();
  const placeName = usePlaceName();
  if (problems.length === 0) return null;
  return (
    <section aria-label={t("admin.problems.label")}>
      <Alert color="red" variant="light" title={t("admin.problems.title", { count: problems.length })}>
        <List spacing={6}>
          {problems.slice(0, SHOWN).map((problem, index) => (
            <List.Item key={index}>
              {here !== undefined && isWithin(problem.path, here) ? (
                <Anchor component="button" type="button" className="textButton" c="var(--mantine-color-error)" underline="always" ta="start" onClick={() => nearestField(problem.path)?.focus()}>
                  {placeName(problem.path)}
                </Anchor>
              ) : (
                <ProblemLink draftId={draftId} path={problem.path} name={placeName(problem.path)} />
              )}
              {": "}
              {problem.what} {problem.fix}
            </List.Item>
          ))}
        </List>
        {problems.length > SHOWN ? t("admin.problems.more", { count: problems.length - SHOWN }) : null}
      </Alert>
    </section>
  );
}

function ProblemLink({ draftId, path, name }: { draftId: string; path: string; name: string }) {
  const [id = "", key] = partsOf(path);
  const part = partById(id);
  const style = { color: "var(--mantine-color-error)" };
  if (!part) return <strong>{name}</strong>;
  return part.named && key !== undefined ? (
    <Link to="/administracion/borradores/$draft/$part/$key" params={{ draft: draftId, part: part.slug, key }} style={style}>
      {name}
    </Link>
  ) : (
    <Link to="/administracion/borradores/$draft/$part" params={{ draft: draftId, part: part.slug }} style={style}>
      {name}
    </Link>
  );
}
