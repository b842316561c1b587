--  essais.ads - essais des paquetages du CCS
package Essais is

   procedure Essai_Mots;
   procedure Essai_Energie;
   procedure Essai_Roues;
   procedure Essai_Senseurs;
   procedure Essai_Journal;
   procedure Essai_Sequences;

end Essais;
