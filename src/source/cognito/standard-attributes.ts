/**
 * The standard attributes of every user pool.
 *
 * The OpenID Connect claims: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html.
 * The claim `updated_at` is missing because the wrapper's column of that name is the user's modification date. `identities` is
 * written by Cognito for users of external identity providers.
 */
export const standardAttributes: ReadonlySet<string> = new Set([
  'sub',
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'email',
  'email_verified',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
  'phone_number_verified',
  'address',
  'identities',
]);

/** The prefixes of custom, developer-only and Cognito's own attributes. */
const attributePrefix = /^(?:dev:)?custom:.|^dev:.|^cognito:./s;

/** Whether a column with this name stands for the attribute of the same name. */
export function namesAttribute(name: string): boolean {
  return standardAttributes.has(name) || attributePrefix.test(name);
}
