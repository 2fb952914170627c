/** MobilePhone's pattern, as the vendor prints it. */
export const phonePattern = '^(?=.*?\\d.*?\\d.*?\\d.*?\\d.*?\\d)([+]?)([\\d\\s\\(\\)-]{5,20})$';

// The same in our words: .NET's \d is any decimal digit, and the whole value must match.
const mobilePhone = /^(?=(?:.*?\p{Nd}){5})\+?[\p{Nd}\s()-]{5,20}$/u;
const longest = 21;

/** Whether the vendor's pattern takes it: an optional +, then 5 to 20 digits, spaces, () and -, 5 digits at least. */
export function meetsPhonePattern(entered: string): boolean {
  return entered.length <= 2 * longest && mobilePhone.test(entered);
}
