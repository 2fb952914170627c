import { callerOf } from './auth.ts';
import type { Answer, Call, Route, Services, Session } from './call.ts';
import { refusals } from './errors.ts';

/** Does what is asked, however it came: looks first who asks, and only then what (`read`). */
export async function perform(
  route: Route,
  session: Session,
  services: Services,
  read: () => Omit<Call, 'session'>,
): Promise<Answer> {
  if (route.needs === undefined) {
    if (route.handle === undefined) throw refusals.notBuilt(route.action);
    return route.handle({ ...read(), session }, services);
  }
  const actor = await callerOf(session, services, route.needs);
  if (route.handle === undefined) throw refusals.notBuilt(route.action);
  return route.handle({ ...read(), session }, services, actor);
}
