/** Copying, also where the page came over plain HTTP and the browser keeps its clipboard to itself. */

import { useEffect, useState } from "react";

const SHOWN_MILLISECONDS = 1500;

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    // Deprecated, and the only way that plain HTTP leaves.
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** A function that copies `text`, and whether it has just done so. */
export function useCopy(text: string): { copied: boolean; copy: () => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [copied]);
  return { copied, copy: () => void copyText(text).then(setCopied) };
}
