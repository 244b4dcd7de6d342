/**
 * An agent's request for permission, with the three answers and the rule that an "always" makes. It
 * sends the person's answer and decides nothing.
 */
package dev.hivedeck.ui.control.permission;
