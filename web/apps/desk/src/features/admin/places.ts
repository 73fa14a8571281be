import { useTranslation } from "react-i18next";
import { partById } from "./parts";
import { partsOf } from "./pointer";

/** Says where in a release a pointer leads: "Dependencias › alumbrado › Teléfono". */
export function usePlaceName(): (path: string) => string {
  const { t, i18n } = useTranslation();
  return (path) => {
    const [part = "", ...rest] = partsOf(path);
    const first = partById(part) ? t(`admin.part.${part}`) : part;
    const nameOf = (one: string) => {
      if (/^\d+$/.test(one)) return String(Number(one) + 1);
      return i18n.exists(`admin.field.${one}`) ? t(`admin.field.${one}`) : one;
    };
    return [first, ...rest.map(nameOf)].join(" › ");
  };
}
