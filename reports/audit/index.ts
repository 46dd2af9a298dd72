/** What real programs asked for, and whether a kernel may have answered so. */
export { auditCall, possibleText, type AuditVerdict, type AuditedCall, type NotUnderstood } from './audit.js';
export { Audit, summaryText, type AuditGroup, type AuditSummary } from './summary.js';
