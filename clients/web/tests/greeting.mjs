/** What Today greets with, at whatever hour it is. */
export const GREETING = /^(Good (morning|afternoon|evening)|Hello)$/;
