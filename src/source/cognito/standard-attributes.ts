/**
 * The attributes that every user pool knows by a fixed name.
 *
 * The OpenID Connect claims: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html.
 * The claim `updated_at` is missing here because the wrapper's column of that name is the user's date of change.
 * `identities` is what Cognito writes for users of another identity provider.
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

/** What the names of custom attributes, developer-only ones, and Cognito's own begin with. */
const attributePrefix = /^(?:dev:)?custom:.|^dev:.|^cognito:./s;

/** Whether a column of this name means the attribute of the same name. */
export function namesAttribute(name: string): boolean {
  return standardAttributes.has(name) || attributePrefix.test(name);
}
