/**
 * The agents: who they are, what each does now, and its reins. It steers agents through commands
 * and never touches a process.
 */
package dev.hivedeck.ui.view.agent;
