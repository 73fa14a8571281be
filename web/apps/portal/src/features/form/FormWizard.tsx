import { ErrorSummary, faultTarget, useFaultWords } from "@atiende/ui";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Procedure } from "../procedures/queries";
import { CheckStep } from "./CheckStep";
import { ContactStep } from "./ContactStep";
import type { Draft } from "./draft";
import styles from "./Form.module.css";
import { DraftBar } from "./DraftBar";
import { forgetSending, send, useSendings } from "./outbox";
import { QuestionsStep } from "./QuestionsStep";
import { SendingPanel } from "./SendingPanel";
import { StepHeader } from "./StepHeader";
import { StepButtons } from "./StepButtons";
import { stepFaults, stepsOf, toldStepFaults, type Definition, type FormFault } from "./steps";
import { useReceipt } from "./useReceipt";

interface Wizard {
  procedure: Procedure;
  definition: Definition;
  draft: Draft;
  isResumed: boolean;
  isKept: boolean | undefined;
  change: (patch: Partial<Draft>) => void;
  keep: (patch: Partial<Draft>) => Promise<void>;
  startAnew: () => Promise<void>;
  reload: () => Promise<void>;
}

/** One page of questions after the other; each is an address, so that "back" of the browser goes back. */
export function FormWizard({ procedure, definition, draft, isResumed, isKept, change, keep, startAnew, reload }: Wizard) {
  const { t } = useTranslation();
  const words = useFaultWords();
  const navigate = useNavigate();
  const { paso } = useSearch({ from: "/shell/tramites/$code/iniciar" });
  const sending = useSendings().get(procedure.code);
  const showReceipt = useReceipt();
  const [shown, setShown] = useState<{ step: string; faults: FormFault[]; round: number }>({ step: "", faults: [], round: 0 });
  const steps = stepsOf(definition);
  const at = Math.max(0, steps.findIndex((step) => step.id === paso));
  const step = steps[at];
  const told = useRef<unknown>(undefined);

  const goTo = (id: string) => void navigate({ to: "/tramites/$code/iniciar", params: { code: procedure.code }, search: { paso: id } });
  const show = (id: string, faults: FormFault[]) => setShown((before) => ({ step: id, faults, round: before.round + 1 }));

  useEffect(() => {
    if (sending?.state === "taken") void showReceipt(sending.draft, sending.receipt);
    if (sending?.state !== "refused" || told.current === sending) return;
    told.current = sending;
    const faults = toldStepFaults(steps, sending.problem.fields);
    const first = faults[0];
    void reload().then(() => {
      show(first?.step ?? "revisar", faults.length > 0 ? faults : [{ step: "revisar", target: "enviar", text: sending.problem.message }]);
      goTo(first?.step ?? "revisar");
      forgetSending(procedure.code);
    });
  });

  if (!step) return null;
  if (draft.state !== "writing" && sending?.state !== "refused") {
    return <SendingPanel draft={draft} sending={sending} onChange={() => void keep({ state: "writing" }).then(() => forgetSending(procedure.code))} />;
  }
  // What was mended is no longer said; what the service told stays until the next attempt.
  const now = shown.step === step.id ? stepFaults(definition, draft, step) : [];
  const faults = shown.step === step.id ? shown.faults.filter((one) => isTold(one) || now.some((still) => still.target === one.target)) : [];
  const next = () => {
    const found = stepFaults(definition, draft, step);
    show(step.id, found);
    if (found.length > 0) return;
    goTo(steps[at + 1]?.id ?? "revisar");
  };
  const submit = async () => {
    const wrong = steps.flatMap((one) => stepFaults(definition, draft, one));
    const first = wrong[0];
    if (first) {
      show(first.step, wrong.filter((one) => one.step === first.step));
      goTo(first.step);
      return;
    }
    await keep({ state: "sending" });
    void send(procedure.code);
  };
  return (
    <div className="wrap page narrow">
      <StepHeader procedure={procedure} step={step} number={at + 1} total={steps.length} hasFaults={faults.length > 0} />
      {isResumed && at === 0 ? <DraftBar draft={draft} onStartAnew={() => void startAnew()} /> : null}
      <div className={styles.summaryOfFaults}>
      <ErrorSummary
        round={shown.round}
        entries={faults.map((one) => ({
          target: one.fault ? faultTarget(definition.form, one.fault.name) : one.target,
          text: one.fault ? `${definition.form.properties[one.fault.name]?.title ?? one.fault.name}: ${words(one.fault)}` : (one.text ?? t(one.key ?? "")),
        }))}
      />
      </div>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (step.kind === "check") void submit();
          else next();
        }}
      >
        {step.kind === "questions" ? <QuestionsStep definition={definition} step={step} draft={draft} faults={faults} onChange={change} /> : null}
        {step.kind === "contact" ? <ContactStep draft={draft} faults={faults} onChange={change} /> : null}
        {step.kind === "check" ? <CheckStep procedure={procedure} definition={definition} steps={steps} draft={draft} /> : null}
        <StepButtons isLast={step.kind === "check"} isKept={isKept} onBack={at > 0 ? () => goTo(steps[at - 1]?.id ?? "") : undefined} />
      </form>
    </div>
  );
}

function isTold(one: FormFault): boolean {
  return one.text !== undefined || one.fault?.rule === "told";
}
