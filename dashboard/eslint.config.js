import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["src/api/schema.d.ts", "eslint.config.js"] },
  ...typescript.configs.strict,
  hooks.configs.flat["recommended-latest"],
  { rules: { eqeqeq: "error", "no-console": "error" } },
);
