/**
 * One program under watch: its output line by line, its time, its use of the machine, and whether
 * it goes in circles. It ends what goes on too long; why the program was started is not known here.
 */
package dev.hivedeck.engine.agent.watch;
