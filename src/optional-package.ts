import { InputError } from "./errors";
import { OPTIONAL_PACKAGES } from "./version";

/**
 * What `load` requires from an npm package that an installed library comes without, since only notebooks, figures or TensorFlow need it.
 * Throws an InputError that says how to install the package where it is missing.
 */
export function fromPackage<T>(name: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" || !message.startsWith(`Cannot find module '${name}`)) throw error;
    throw new InputError(
      `the npm package ${name} is not installed; run npm install ${name}@${OPTIONAL_PACKAGES[name]}.`,
    );
  }
}
