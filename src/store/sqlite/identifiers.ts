/** A canonical integer below 2^53 is kept as a number: it is shorter, and free numbers are found by its order. */
export function identifierValue(value: string): string | number {
  return /^(0|[1-9]\d{0,15})$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
