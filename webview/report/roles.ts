import type { ReportData, RoleReport } from "../../src/protocol/report";
import { type Role, ROLES } from "../../src/protocol/roles";

export interface ReportOfRole {
  readonly role: Role;
  readonly report: RoleReport;
}

/** The models that there are, base first: one or two. */
export function reportsByRole(report: ReportData): readonly ReportOfRole[] {
  return ROLES.flatMap((role) => {
    const ofRole = report[role];
    return ofRole ? [{ role, report: ofRole }] : [];
  });
}
