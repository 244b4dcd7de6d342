/**
 * Who is told of what: alerts of all sources are grouped and routed as Alertmanager does it, their
 * messages wait in an outbox until a channel has taken them, and the inbox has all of them. It
 * judges nothing: whether an alert fires is said by those who raise it.
 */
package dev.hivedeck.engine.notify;
