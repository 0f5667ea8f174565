/** The few signs of the interface, drawn here so that they look alike on every machine. */

const sign = (path: string) =>
  function Sign() {
    return (
      <svg viewBox="0 0 24 24" width="1.25em" height="1.25em" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d={path} />
      </svg>
    );
  };

export const Moon = sign("M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z");
export const Sun = sign("M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4");
export const FlagSign = sign("M5 21V4h12l-2.5 4L17 12H5");
export const Plus = sign("M12 5v14M5 12h14");
export const Minus = sign("M5 12h14");
export const Whole = sign("M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5");
export const Copy = sign("M9 9h11v11H9zM5 15H4V4h11v1");
export const Check = sign("M5 12.5l4.5 4.5L19 7.5");
export const Left = sign("M15 5l-7 7 7 7");
export const Right = sign("M9 5l7 7-7 7");
export const Up = sign("M12 20V5M5.5 11.5L12 5l6.5 6.5");
