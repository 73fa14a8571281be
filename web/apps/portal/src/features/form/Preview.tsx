import { Icon } from "../../app/Icon";
import styles from "./Form.module.css";

const PICTURES = new Set(["image/jpeg", "image/png", "image/webp"]);

/** A small look at a photo; a sign for everything else, which is never opened here. */
export function Preview({ blob }: { blob: Blob }) {
  const show = (picture: HTMLImageElement) => {
    const address = URL.createObjectURL(blob);
    picture.src = address;
    return () => URL.revokeObjectURL(address);
  };
  return <span className={styles.preview}>{PICTURES.has(blob.type) ? <img ref={show} alt="" /> : <Icon name="document" size={26} />}</span>;
}
