import { element } from './page-element.ts';
import { type CallerRole, callers, isCallerRole } from './session.ts';

const roleField = element('#sign-in [name=role]', HTMLSelectElement);
const sees = element('#sees', HTMLElement);

/** Fills the list of callers, and calls back when one is chosen. */
export function connectSignIn(signIn: (role: CallerRole) => void): void {
  roleField.append(...Object.entries(callers).map(([role, { label }]) => new Option(label, role)));
  roleField.addEventListener('change', () => {
    if (isCallerRole(roleField.value)) signIn(roleField.value);
  });
}

/** Shows who is signed in. */
export function showCaller(role: CallerRole): void {
  roleField.value = role;
}

/** Explains what the caller sees; shows nothing if neither grants nor policies hide anything. */
export function showWhatIsSeen(role: CallerRole, isAnonymous: boolean): void {
  sees.textContent = role === 'anon' && !isAnonymous ? '' : callers[role].sees;
}
