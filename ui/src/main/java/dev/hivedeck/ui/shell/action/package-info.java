/**
 * What a person can do from several screens: answer, import a plan, open a folder, act on many
 * things at once. Each sends commands; none waits for the engine on the FX thread.
 */
package dev.hivedeck.ui.shell.action;
