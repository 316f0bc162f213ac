"""The attack judge: is this the card itself, or a copy, a screen, a print, a paste-up, …"""
